// Shows one answer as one bubble: what is about danger first, then words, people who help, figures, sources, next steps.
import { chart } from "./chart.js";
import { h } from "./dom.js";
import { safeLink, safePicture } from "./links.js";

const BULLET = /^[•*-]\s+/;

/** `tools`: strings, base, choose(title, payload), feedback(helpful, comment). Everything is built before it is shown. */
export function answerBubble(answer, tools) {
  const safety = answer.parts.some((part) => part.safety);
  const bubble = h("div", { class: `bubble bot${safety ? " safety" : ""}` }, h("span", { class: "hidden" }, tools.strings.bot));
  for (const part of answer.parts) bubble.append(...partNodes(part, tools));
  const buttons = answer.parts.flatMap((part) => part.buttons ?? []);
  if (buttons.length) {
    bubble.append(h("ul", { class: "choices", role: "list" }, buttons.map((button) =>
      h("li", {}, h("button", { type: "button", class: "choice", click: () => tools.choose(button.title, button.payload) }, button.title)))));
  }
  if (answer.feedback) bubble.append(feedback(tools));
  return bubble;
}

export function personBubble(text, strings) {
  return h("div", { class: "bubble person" }, h("span", { class: "hidden" }, strings.you), h("p", { dir: "auto" }, text));
}

function partNodes(part, { strings, base }) {
  const lang = part.language && part.language !== "en" ? part.language : null;
  return [
    part.warning && h("p", { class: "warning" }, part.warning),
    part.safety && urgent(part.services?.[0]),
    ...paragraphs(part, lang),
    ...(part.services ?? []).map((service) => card(service)),
    part.chart ? chart(part.chart, strings, part.picture && safePicture(part.picture.url, base)) : image(part.picture, base, strings),
    sources(part.sources ?? [], strings),
  ].filter(Boolean);
}

/** Text as paragraphs and lists. What the cards below say too is left out. */
function paragraphs(part, lang) {
  const named = (part.services ?? []).map((service) => service.name);
  const nodes = [];
  for (const block of String(part.text).split(/\n{2,}/)) {
    const lines = block.split("\n").map((line) => line.trim()).filter(Boolean);
    const kept = lines.filter((line) => !(BULLET.test(line) && named.some((name) => line.includes(name))));
    const items = kept.filter((line) => BULLET.test(line));
    if (items.length && items.length === kept.length) {
      nodes.push(h("ul", { lang, dir: "auto" }, items.map((line) => h("li", {}, line.replace(BULLET, "")))));
    } else {
      for (const line of kept) nodes.push(h("p", { lang, dir: "auto" }, line));
    }
  }
  return nodes;
}

/** The first call to make, as the first thing that is seen. */
function urgent(service) {
  const link = service?.links?.find((each) => String(each.url).startsWith("tel:"));
  return link && h("a", { class: "call", href: safeLink(link.url) }, link.title);
}

function card(service) {
  const facts = [service.opening, service.cost].filter(Boolean).join(", ");
  const links = (service.links ?? []).map((link) => ({ ...link, href: safeLink(link.url) })).filter((link) => link.href);
  return h("div", { class: "card", role: "group", "aria-label": service.name },
    h("p", { class: "name" }, service.name),
    service.what && h("p", {}, service.what),
    facts && h("p", { class: "small" }, facts),
    links.length > 0 && h("div", { class: "row" }, links.map((link, index) => {
      const outside = /^https?:/.test(link.href);
      return h("a", { class: index ? "link" : "call", href: link.href, "aria-label": `${link.title}: ${service.name}`, ...(outside ? { target: "_blank", rel: "noopener noreferrer" } : {}) }, link.title);
    })));
}

function image(picture, base, strings) {
  const address = picture && safePicture(picture.url, base);
  if (!picture) return null;
  return address
    ? h("img", { src: address, alt: picture.alt ?? "", class: "picture", referrerpolicy: "no-referrer" })
    : picture.alt && h("p", {}, `${strings.picture} ${picture.alt}`);
}

function sources(list, strings) {
  if (!list.length) return null;
  const more = list.length > 1 ? strings.moreSources(list.length - 1) : "";
  return h("details", { class: "fold sources" },
    h("summary", {}, `${strings.sources} ${list[0].title}, ${list[0].as_at}${more}`),
    h("ul", {}, list.map((source) => {
      const href = safeLink(source.url);
      const title = `${source.title}, ${source.as_at}`;
      return h("li", {}, href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, title) : title);
    })));
}

function feedback({ strings, feedback: tell }) {
  const box = h("div", { class: "feedback", role: "group", "aria-label": strings.helpful });
  const thank = () => {
    box.replaceChildren(h("p", { class: "small", tabindex: "-1" }, strings.thanks));
    box.firstChild.focus();
  };
  const no = () => {
    const field = h("textarea", { rows: "2", maxlength: "1000", id: "plan-comment", class: "field" });
    tell(false);
    box.replaceChildren(
      h("label", { for: "plan-comment", class: "small" }, strings.comment),
      field,
      h("button", { type: "button", class: "quiet", click: () => { tell(false, field.value.trim()); thank(); } }, strings.sendComment));
    field.focus();
  };
  box.append(
    h("span", { class: "small" }, strings.helpful),
    h("button", { type: "button", class: "quiet", click: () => { tell(true); thank(); } }, strings.yes),
    h("button", { type: "button", class: "quiet", click: no }, strings.no));
  return box;
}
