// <plan-chat>: the assistant on any page. Here is what happens; how it looks is in view.js and answer.js.
import { answerBubble, personBubble } from "./answer.js";
import { h } from "./dom.js";
import { leave, onThreeShifts } from "./exit.js";
import { safeLink } from "./links.js";
import { State } from "./state.js";
import { STRINGS } from "./strings.js";
import { Failure, Transport } from "./transport.js";
import { View } from "./view.js";

const WEATHER = "https://www.bbc.co.uk/weather";
const THINKING_MS = 400;
let server = import.meta.url;

export class PlanChat extends HTMLElement {
  connectedCallback() {
    if (this.view) return this.listenToPage();
    this.base = new URL(this.dataset.server ?? "/", server).href;
    this.strings = { ...STRINGS, ...this.named(), ...this.strings };
    this.state = new State(this.base);
    this.transport = new Transport(this.base);
    this.view = new View(this, this.strings, {
      open: () => this.open(), close: () => this.close(), exit: () => this.exit(),
      clear: () => this.clear(), send: () => this.send(this.view.field.value),
    });
    this.view.field.value = this.state.get("draft");
    this.view.field.addEventListener("input", () => this.state.set({ draft: this.view.field.value }));
    this.tools = { strings: this.strings, base: this.base, choose: (title, payload) => this.send(payload, title) };
    this.listenToPage();
    // a page that is loaded: nothing takes focus, nothing covers a small screen
    const wanted = this.state.get("open") ?? this.hasAttribute("data-open");
    if (wanted && !this.view.narrow.matches) this.open(false);
    return undefined;
  }

  disconnectedCallback() {
    this.stopListening?.forEach((stop) => stop());
  }

  listenToPage() {
    const back = () => document.visibilityState === "visible" && this.view.dialog.open && this.refresh();
    const folds = (open) => () => this.view.log.querySelectorAll("details").forEach((fold) => { fold.open = open; });
    const [unfold, fold] = [folds(true), folds(false)];
    document.addEventListener("visibilitychange", back);
    addEventListener("beforeprint", unfold);
    addEventListener("afterprint", fold);
    this.stopListening = [
      onThreeShifts(() => this.view.dialog.open && this.exit(), (left) => this.view.dialog.open && this.view.say(this.strings.exitMore(left))),
      () => document.removeEventListener("visibilitychange", back),
      () => removeEventListener("beforeprint", unfold),
      () => removeEventListener("afterprint", fold),
    ];
  }

  /** Words that the page gives as attributes. */
  named() {
    const { title, launcher } = this.dataset;
    return { ...(title ? { title } : {}), ...(launcher ? { launcher } : {}) };
  }

  open(focus = true) {
    this.view.show(focus);
    this.state.set({ open: true });
    if (!this.ready) this.ready = this.restore();
  }

  close() {
    this.state.set({ open: false });
    this.view.hide();
  }

  /** The conversation as the server has it, or a new one. */
  async restore() {
    const kept = this.state.get("conversation");
    if (kept) {
      try {
        this.showHistory(await this.transport.history(kept));
        return;
      } catch (failure) {
        if (failure.kind !== "over") return this.couldNotBegin(failure);
        this.state.set({ conversation: null });
      }
    }
    await this.begin();
  }

  async begin() {
    try {
      const begun = await this.transport.begin();
      this.state.set({ conversation: begun.conversation });
      this.view.longest = begun.longest_message;
      this.greet(begun.greeting);
      return true;
    } catch (failure) {
      return this.couldNotBegin(failure);
    }
  }

  greet(greeting, quietly = false) {
    this.view.empty();
    this.view.announce(greeting.notice);
    this.view.add([answerBubble(greeting, this.tools)], quietly);
    this.keepAsked();
    this.view.showHint();
  }

  /** What was typed before the greeting had come stays below it. */
  keepAsked() {
    if (!this.busy || !this.asked) return;
    this.view.add([this.asked]);
    this.view.scrollToEnd();
  }

  couldNotBegin(failure) {
    if (failure.kind === "gone") return false;
    this.ready = null;
    if (!this.view.log.childElementCount) this.view.add([h("div", { class: "bubble bot" }, h("p", {}, this.strings.greeting))]);
    this.fail(failure, async () => {
      this.view.log.replaceChildren();
      this.ready = this.restore();
      await this.ready;
    });
    return false;
  }

  showHistory(history) {
    this.view.longest = history.longest_message;
    this.greet(history.greeting, true);
    const bubbles = history.said.map((line) => (line.by === "person" ? personBubble(line.text, this.strings) : answerBubble(line.answer, this.toolsFor(line.answer))));
    if (bubbles.length) {
      this.view.settle();
      this.view.add(bubbles, true);
      // only the last answer's choices are of use
      for (const bubble of bubbles.slice(0, -1)) bubble.querySelectorAll(".choices, .feedback").forEach((node) => node.remove());
      const last = bubbles.at(-1);
      this.view.scrollTo(last.classList.contains("safety") ? last : bubbles.at(-2) ?? last);
    }
    this.shown = history.said.length;
    if (this.busy) this.keepAsked();
    else this.retryPending(history);
    // what was restored was heard before: the next frame listens again
    requestAnimationFrame(() => requestAnimationFrame(() => this.view.listen()));
  }

  /** A message whose answer never came is offered again; the server answers it once, by its id. */
  retryPending(history) {
    const pending = this.state.get("pending");
    if (!pending) return;
    if (history.said.length > pending.shown) return this.state.set({ pending: null });
    this.view.add([personBubble(pending.title ?? pending.text, this.strings)], true);
    this.fail(new Failure("failed"), () => this.deliver(pending));
  }

  /** Another tab, or this one before it slept, may have gone on. */
  async refresh() {
    if (this.busy || !this.state.get("conversation") || !this.ready) return;
    try {
      const history = await this.transport.history(this.state.get("conversation"));
      if (!this.busy && history.said.length !== this.shown && !this.state.get("pending")) this.showHistory(history);
    } catch {
      // the next message will tell
    }
  }

  toolsFor(answer) {
    return { ...this.tools, feedback: (helpful, comment) => this.transport.feedback(this.state.get("conversation"), answer.id, helpful, comment).catch(() => {}) };
  }

  /** Sends a text, or a button's payload under its title. */
  async send(text, title = null) {
    const said = text.trim();
    if (this.busy) return this.view.say(this.strings.wait);
    if (!said) {
      this.view.say(this.strings.empty);
      return this.view.field.focus();
    }
    this.view.settle();
    const asked = { text: said, title, id: crypto.randomUUID?.() ?? String(Math.random()).slice(2).padEnd(16, "0"), shown: this.shown ?? 0 };
    this.view.listen();
    this.asked = personBubble(title ?? said, this.strings);
    this.view.add([this.asked]);
    this.view.scrollToEnd();
    if (!title) this.view.field.value = "";
    this.view.count();
    this.state.set({ draft: this.view.field.value, pending: asked });
    return this.deliver(asked);
  }

  async deliver(asked) {
    this.busy = true;
    this.view.sendButton.setAttribute("aria-disabled", "true");
    const thinking = setTimeout(() => this.view.say(this.strings.thinking), THINKING_MS);
    const { transport } = this;
    try {
      await this.ready;
      if (transport.closed) return;
      this.show(await this.answerTo(asked));
    } catch (failure) {
      if (failure.kind === "gone") return;
      this.state.set({ pending: failure.kind === "refused" ? null : asked });
      this.fail(failure, failure.kind === "refused" ? null : () => this.deliver(asked));
      if (failure.kind === "refused" && !asked.title && !this.view.field.value) this.view.field.value = asked.text;
    } finally {
      clearTimeout(thinking);
      this.view.say("");
      this.busy = false;
      this.view.sendButton.removeAttribute("aria-disabled");
    }
  }

  async answerTo(asked) {
    try {
      if (!this.state.get("conversation")) await this.beginAgain();
      return await this.transport.say(this.state.get("conversation"), asked.text, asked.id);
    } catch (failure) {
      if (failure.kind !== "over") throw failure;
      await this.beginAgain();
      this.view.add([h("p", { class: "small" }, this.strings.expired)]);
      return this.transport.say(this.state.get("conversation"), asked.text, asked.id);
    }
  }

  async beginAgain() {
    const begun = await this.transport.begin();
    this.shown = 0;
    this.state.set({ conversation: begun.conversation });
  }

  show(answer) {
    this.state.set({ pending: null });
    this.view.dropFailures();
    this.shown = (this.shown ?? 0) + (answer.kept === false ? 0 : 2);
    this.view.announce(answer.notice);
    const bubble = answerBubble(answer, this.toolsFor(answer));
    this.view.add([bubble]);
    // in a small window there is no room for the question above what to do in danger
    this.view.scrollTo((answer.parts.some((part) => part.safety) ? null : this.asked) ?? bubble);
  }

  /** Says what went wrong and what to do; `retry` is offered once. */
  fail(failure, retry) {
    const words = failure.detail || this.strings[failure.kind] || this.strings.failed;
    const block = h("div", { class: "bubble failure" },
      h("p", {}, words), !words.includes("999") && h("p", {}, this.strings.danger),
      retry && h("div", { class: "row" }, h("button", { type: "button", class: "quiet again", click: () => {
        if (this.busy) return;
        this.view.field.focus();
        block.remove();
        retry();
      } }, this.strings.again)));
    this.view.dropFailures();
    this.view.listen();
    this.view.add([block]);
    this.view.scrollToEnd();
  }

  /** Forgets the conversation here; an answer that is still on its way is not heard, and nothing is sent again. */
  forget(open = null) {
    this.transport.close();
    this.transport = new Transport(this.base);
    this.state.clear(open);
  }

  /** Ends the conversation on the server and starts afresh. */
  async clear() {
    const conversation = this.state.get("conversation");
    this.forget(true);
    this.view.field.value = "";
    this.view.count();
    this.view.log.replaceChildren();
    this.shown = 0;
    this.asked = null;
    this.view.field.focus();
    // what is typed meanwhile waits for the new conversation
    let words = this.strings.cleared;
    this.ready = (conversation ? this.transport.end(conversation) : Promise.resolve())
      .catch((failure) => { if (failure.kind !== "over") words = this.strings.clearFailed; })
      .then(() => this.begin());
    await this.ready;
    this.view.say(words);
  }

  /** Leaves the page at once; the server deletes the conversation meanwhile. */
  exit() {
    const conversation = this.state.get("conversation");
    this.forget();
    if (conversation) this.transport.end(conversation, true).catch(() => {});
    this.view.dialog.close();
    leave(safeLink(this.dataset.exit ?? WEATHER) ?? WEATHER);
  }
}

/** Puts the widget on the page that names the script, unless the page has placed one itself. */
export function start(script) {
  server = script;
  if (!customElements.get("plan-chat")) customElements.define("plan-chat", PlanChat);
  if (document.querySelector("plan-chat")) return;
  const tag = [...document.scripts].find((each) => each.src === script);
  const element = document.createElement("plan-chat");
  Object.assign(element.dataset, tag?.dataset ?? {});
  document.body.append(element);
}
