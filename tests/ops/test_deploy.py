"""The files of deploy/: read by their own tools where those are here, and compared with the program that they are to run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.server import DEFAULT_PORT as ACTION_PORT
from bot.paths import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
COMPOSE = DEPLOY / "compose.yml"
DOCS = (ROOT / "docs" / "deploying.md").read_text()
TOOLS = Path(sys.executable).parent
WORKER_PORT = 5005
VALIDATOR = "kubernetes-validate==1.37.0"
VARIABLE = r"(?:PLAN|TELEGRAM|TWILIO|MESSENGER|SLACK)_[A-Z][A-Z_]*|TRACKER_DB|ACTION_URL|POSTCODES_URL|POLICE_URL|DATASTORE_URL|PROMETHEUS_MULTIPROC_DIR"
# of compose.yml and entry.sh themselves
OF_DEPLOY = {"PLAN_IMAGE", "PLAN_TLS", "PLAN_SUBNET", "PLAN_SECRETS_FOLDER"}
SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|KEY|_DB$|REDIS|EVENTS")


def known() -> set[str]:
    """The variables that the program reads."""
    code = [file.read_text() for folder in ("bot", "actions") for file in (ROOT / folder).rglob("*.py")]
    return set(re.findall(rf'"({VARIABLE})"', "\n".join(code)))


def told_in_docs() -> set[str]:
    """The variables in the table of docs/deploying.md."""
    rows = [line.split("|")[1] for line in DOCS.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(rf"`({VARIABLE})`", row)}


def documents() -> list[dict[str, Any]]:
    return [document for file in MANIFESTS for document in yaml.safe_load_all(file.read_text())]


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in documents() if one["kind"] == kind}


def run(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **more)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """deploy/ with the secrets that secrets.sh makes."""
    made = Path(
        shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets", "tls", "plan.env"))
    )
    assert run("sh", made / "secrets.sh").returncode == 0
    return made


# -- by their own tools


def test_the_dockerfile_by_hadolint() -> None:
    done = run(TOOLS / "hadolint", DEPLOY / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_yaml_by_yamllint() -> None:
    done = run(TOOLS / "yamllint", "--strict", "-c", DEPLOY / ".yamllint.yml", DEPLOY)
    assert done.returncode == 0, done.stdout


def test_scripts_by_the_shell() -> None:
    for script in DEPLOY.glob("*.sh"):
        assert run("sh", "-n", script).returncode == 0
        assert os.access(script, os.X_OK), script


def test_compose_by_compose(copy: Path) -> None:
    if shutil.which("docker-compose"):
        command = ["docker-compose"]
    elif shutil.which("docker") and run("docker", "compose", "version").returncode == 0:
        command = ["docker", "compose"]
    else:
        pytest.skip("compose is not here: apt-get install docker-compose")
    done = run(*command, "-f", copy / "compose.yml", "--profile", "events", "--profile", "sight", "config")
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert len(services) == 10
    assert services["worker-1"]["environment"]["PLAN_PROXIES"] == "1"


def test_manifests_by_kubernetes_own_schemas() -> None:
    # in an environment of its own: it asks for newer libraries than Rasa allows
    program = [ROOT / ".uv" / "bin" / "uv", "tool", "run", "--offline", VALIDATOR]
    if not program[0].exists() or run(*program, "--version").returncode != 0:
        pytest.skip(f"kubernetes-validate is not here: .uv/bin/uv tool run {VALIDATOR} --version fetches it")
    done = run(*program, "--strict", *MANIFESTS)
    assert done.returncode == 0, done.stdout + done.stderr


# -- against the program


def test_every_variable_of_the_program_is_in_the_docs() -> None:
    assert known() - told_in_docs() == set()


def test_every_variable_in_the_docs_is_the_program_s() -> None:
    assert told_in_docs() - known() == set()


def test_every_variable_in_deploy_is_known() -> None:
    files = [
        file for file in DEPLOY.rglob("*") if file.is_file() and "secrets" not in file.parts and file.name != "plan.env"
    ]
    named = set().union(*(re.findall(rf"\b({VARIABLE})\b", file.read_text()) for file in files))
    assert named - known() - OF_DEPLOY == set()
    assert {name for name in OF_DEPLOY if f"`{name}`" not in DOCS} == set()


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, pod and container of everything that runs our image."""
    for one in documents():
        spec = one.get("spec") or {}
        pod = (spec.get("jobTemplate", {}).get("spec", spec).get("template") or {}).get("spec")
        for container in (pod or {}).get("containers", []):
            yield one["metadata"]["name"], pod, container


def test_containers_have_no_rights() -> None:
    names = []
    for name, pod, container in containers():
        names.append(name)
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert f"--uid {pod['securityContext']['runAsUser']}" in (DEPLOY / "Dockerfile").read_text()
        assert pod["automountServiceAccountToken"] is False
        assert container["resources"]["limits"]["memory"]
        assert container["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]
    assert sorted(names) == ["plan-actions", "plan-refresh", "plan-worker"]


def test_images_have_a_tag_and_are_one() -> None:
    assert len({container["image"] for _, _, container in containers()}) == 1
    images = [
        one["image"]
        for one in yaml.safe_load(COMPOSE.read_text())["services"].values()
        if "planbot" not in one["image"]
    ]
    images += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", image) for image in images), images


def test_ports_and_probes_are_those_of_the_servers() -> None:
    ports = {"plan-worker": WORKER_PORT, "plan-actions": ACTION_PORT}
    for name, _, container in containers():
        if name not in ports:
            continue
        assert container["ports"] == [{"name": "http", "containerPort": ports[name]}]
        assert of_kind("Service")[name]["spec"]["ports"][0]["port"] == ports[name]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["port"] == "http"
            assert container[probe]["httpGet"]["path"] in routes(), probe
    worker = next(container for name, _, container in containers() if name == "plan-worker")
    assert worker["startupProbe"]["httpGet"]["path"] == "/health/ready"
    # a store that is away must not take all workers out of service
    assert worker["readinessProbe"]["httpGet"]["path"] == "/health/live"
    entry = (DEPLOY / "entry.sh").read_text()
    assert f"--port {WORKER_PORT}" in entry
    assert f"actions.server {ACTION_PORT}" in entry
    assert f"EXPOSE {WORKER_PORT} {ACTION_PORT}" in (DEPLOY / "Dockerfile").read_text()


def routes() -> set[str]:
    """The paths of the program's routes, as its sources write them."""
    code = [file.read_text() for folder in ("bot", "actions") for file in (ROOT / folder).rglob("*.py")]
    return set(re.findall(r'\.(?:get|post|route)\("(/[\w./-]*)"', "\n".join(code)))


def test_what_selects_finds() -> None:
    deployments = of_kind("Deployment")
    for name, one in deployments.items():
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"] == labels
        assert of_kind("Service")[name]["spec"]["selector"] == labels
        assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels
        assert of_kind("NetworkPolicy")[name]["spec"]["podSelector"]["matchLabels"] == labels
    assert of_kind("HorizontalPodAutoscaler")["plan-worker"]["spec"]["scaleTargetRef"]["name"] in deployments
    assert {one["metadata"].get("namespace", "plan") for one in documents()} == {"plan"}


def test_nothing_secret_is_open_and_no_secret_has_a_value() -> None:
    settings = of_kind("ConfigMap")["plan-settings"]["data"]
    assert [name for name in settings if SECRET.search(name)] == []
    assert set(of_kind("Secret")["plan-secrets"]["stringData"].values()) == {""}
    assert f":{ACTION_PORT}/webhook" in settings["ACTION_URL"]
    ignored = (DEPLOY / ".gitignore").read_text().split()
    assert {"/secrets/", "/plan.env", "/tls/", "/kubernetes/secret.yaml"} <= set(ignored)


def test_the_ingress_and_nginx_open_the_same_paths() -> None:
    paths = of_kind("Ingress")["plan"]["spec"]["rules"][0]["http"]["paths"]
    by_ingress = {one["path"] for one in paths}
    said = (DEPLOY / "nginx.conf").read_text()
    plain = {
        path.rstrip("/") or "/"
        for path in re.findall(r"location (?:= )?(/\S*) \{(?: limit_req[^;]*;)? proxy_pass", said)
    }
    [platforms] = re.findall(r"\^/webhooks/\(([a-z|]+)\)/webhook\$", said)
    assert by_ingress == plain | {f"/webhooks/{name}/webhook" for name in platforms.split("|")}
    for closed in ("/metrics", "/health", "/webhooks/rest"):
        assert not any(path.startswith(closed) for path in by_ingress)


def test_only_nginx_is_reached_from_outside(compose: dict[str, Any]) -> None:
    services, networks = compose["services"], compose["networks"]
    published = {name: one["ports"] for name, one in services.items() if one.get("ports")}
    assert published == {"nginx": ["80:80", "443:443"], "grafana": ["127.0.0.1:3000:3000"]}
    assert networks["inside"] == {"internal": True}
    # nginx reaches workers and nothing else
    door = {name for name, one in services.items() if "door" in one.get("networks", [])}
    assert door == {"nginx", "worker-1", "worker-2"}
    assert services["nginx"]["networks"] == ["door"]
    for name in ("postgres", "redis", "rabbitmq", "prometheus"):
        assert services[name]["networks"] == ["inside"]


def test_nginx_knows_the_addresses_of_the_workers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    told = dict(line.split(":", 1) for line in services["nginx"]["extra_hosts"])
    assert told == {name: services[name]["networks"]["door"]["ipv4_address"] for name in ("worker-1", "worker-2")}
    upstream = re.findall(r"server ([\w-]+):(\d+) max_fails", (DEPLOY / "nginx.conf").read_text())
    # for people and for platforms
    assert upstream == [(name, str(WORKER_PORT)) for name in told] * 2


def test_every_service_is_limited_restarted_and_told_apart(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        assert one["restart"] == "unless-stopped", name
        assert one["deploy"]["resources"]["limits"]["memory"], name
        assert "no-new-privileges:true" in one["security_opt"], name
        assert one["logging"]["options"]["max-size"], name
        secrets = one.get("secrets", [])
        assert set(secrets) <= set(compose["secrets"]), name
    workers = compose["services"]["worker-1"], compose["services"]["worker-2"]
    for worker in workers:
        assert worker["read_only"] is True
        assert worker["healthcheck"]["test"][-1] == f"http://127.0.0.1:{WORKER_PORT}/health/ready"
        assert worker["environment"]["ACTION_URL"].split() == [
            f"http://actions-{n}:{ACTION_PORT}/webhook" for n in (1, 2)
        ]


def test_secrets_are_made_once_and_are_good_enough(copy: Path) -> None:
    folder = copy / "secrets"
    before = {file.name: file.read_text() for file in folder.iterdir()}
    assert set(before) == set(yaml.safe_load(COMPOSE.read_text())["secrets"])
    assert all(len(value) >= 64 and value == value.strip() for value in before.values())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert before["POSTGRES_PASSWORD"] in before["TRACKER_DB"]
    assert run("sh", copy / "secrets.sh").returncode == 0
    assert {file.name: file.read_text() for file in folder.iterdir()} == before


def test_entry_makes_variables_of_files(copy: Path, tmp_path: Path) -> None:
    """A planbot that says what it was given stands in for ours."""
    program = tmp_path / ".venv" / "bin" / "planbot"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s|%s|%s" "$*" "$PLAN_SECRET" "${PLAN_METRICS_TOKEN-unset}"\n')
    program.chmod(0o755)
    secrets = tmp_path / "given"
    secrets.mkdir()
    (secrets / "PLAN_SECRET").write_text("two words $(touch here) 'and' \"more\"\n")
    (secrets / "not-a-name; touch there").write_text("x")
    done = run(
        copy / "entry.sh", "status", "--by", "A B", cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PLAN_SECRETS_FOLDER": str(secrets)},
    )  # fmt: skip
    assert done.stdout == "status --by A B|two words $(touch here) 'and' \"more\"|unset", done.stderr
    assert not {"here", "there"} & {file.name for file in tmp_path.iterdir()}


def test_prometheus_reads_every_server(compose: dict[str, Any]) -> None:
    told = yaml.safe_load((DEPLOY / "sight" / "prometheus.yml").read_text())
    targets = {target for job in told["scrape_configs"] for one in job["static_configs"] for target in one["targets"]}
    ports = {"worker": WORKER_PORT, "actions": ACTION_PORT}
    servers = {name for name in compose["services"] if name.rpartition("-")[0] in ports}
    assert targets == {f"{name}:{ports[name.rpartition('-')[0]]}" for name in servers}
    mounted = [
        volume.split(":")[0] for name in ("prometheus", "grafana") for volume in compose["services"][name]["volumes"]
    ]
    assert [path for path in mounted if path.startswith("./") and not (DEPLOY / path).exists()] == []


def test_the_image_is_built_of_what_there_is() -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignore if line.startswith("!")]
    assert ignore[1] == "*"
    assert [path for path in kept if not (ROOT / path).exists()] == []
    # whatever training reads
    for needed in (
        "data",
        "content",
        "config.yml",
        "domain.yml",
        "requirements.lock",
        "tests/nlu/safety.jsonl",
        "tools/bootstrap.py",
    ):
        assert needed in kept


NOTHING_OF_DEVELOPERS = """
import importlib, json, pkgutil, sys
from importlib.metadata import packages_distributions
from packaging.utils import canonicalize_name
sys.path.insert(0, "deploy")
import slim
surplus = set(slim.not_needed())
gone = {name for name, of in packages_distributions().items() if all(canonicalize_name(one) in surplus for one in of)}

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"{name} is for developers", name=name)

sys.meta_path.insert(0, Gone())
import actions, bot
for package in (bot, actions):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
print(json.dumps(sorted(surplus)))
"""


def test_the_program_needs_nothing_that_the_image_leaves_out() -> None:
    done = run(sys.executable, "-W", "ignore", "-c", NOTHING_OF_DEVELOPERS, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    surplus = json.loads(done.stdout.splitlines()[-1])
    assert {"pytest", "playwright", "pgserver", "ruff"} <= set(surplus)
    assert not {"rasa", "rasa-sdk", "spacy", "onnxruntime", "psycopg2-binary", "redis", "planbot"} & set(surplus)
