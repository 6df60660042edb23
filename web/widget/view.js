// The chat's frame: launcher, dialog, log, form. It knows how things look and where focus is, and nothing of the server.
import { h } from "./dom.js";
import { sheet } from "./style.js";

export const NARROW = "(max-width: 29.99em), (max-height: 24.99em)";
const NEAR_LIMIT = 100;
// what browsers take, some 24 days
const LONGEST_TIMER = 2 ** 31 - 1;

export class View {
  /** `act`: open, close, exit, clear, send. */
  constructor(host, strings, act) {
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    this.strings = strings;
    this.narrow = matchMedia(NARROW);
    this.longest = 500;
    this.launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", click: act.open }, h("span", { class: "hidden" }, `${strings.open} `), strings.launcher);
    this.log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": strings.log, tabindex: "0", scroll: () => this.showHint() });
    this.hint = h("button", { type: "button", class: "below", hidden: true, click: () => { this.log.scrollTo({ top: this.log.scrollTop + this.log.clientHeight * 0.8 }); this.showHint(); } }, strings.below);
    this.notice = h("div", { class: "notice", role: "status" });
    this.status = h("p", { class: "status", role: "status" });
    this.field = h("textarea", { id: "plan-question", class: "field", rows: "1", autocomplete: "off", "aria-describedby": "plan-count", input: () => this.count(), keydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      act.send();
    } });
    this.counter = h("p", { class: "small count", id: "plan-count", role: "status" });
    this.sendButton = h("button", { class: "send", type: "submit" }, strings.send);
    const form = h("form", { submit: (event) => { event.preventDefault(); act.send(); } },
      h("label", { for: "plan-question" }, strings.question),
      h("div", { class: "ask" }, this.field, this.sendButton), this.counter);
    this.confirm = h("div", { class: "confirm", role: "group", "aria-label": strings.clear, hidden: true },
      h("p", {}, strings.clearAsk),
      h("div", { class: "row" },
        h("button", { type: "button", class: "quiet", click: () => { this.askToClear(false); act.clear(); } }, strings.clearYes),
        h("button", { type: "button", class: "quiet", click: () => { this.askToClear(false); this.clearButton.focus(); } }, strings.clearNo)));
    this.clearButton = h("button", { type: "button", class: "quiet", click: () => this.askToClear(true) }, strings.clear);
    this.closeButton = h("button", { type: "button", class: "quiet", click: act.close }, strings.close);
    this.dialog = h("dialog", { "aria-labelledby": "plan-title", cancel: (event) => { event.preventDefault(); act.close(); }, keydown: (event) => {
      if (event.key === "Tab") return this.goRound(event);
      if (event.key !== "Escape") return;
      event.preventDefault();
      if (this.confirm.hidden) act.close();
      else { this.askToClear(false); this.clearButton.focus(); }
    } },
      h("div", { class: "head" },
        h("h2", { id: "plan-title" }, strings.title),
        h("div", { class: "row tools" },
          h("button", { type: "button", class: "exit", title: strings.exitHint, click: act.exit }, strings.exit), this.clearButton, this.closeButton)),
      this.confirm,
      this.notice,
      h("div", { class: "middle" }, this.log, this.hint), this.status, form);
    root.append(h("div", { class: "root", part: "root" }, this.launcher, this.dialog));
    this.narrow.addEventListener("change", () => this.dialog.open && this.reopen());
  }

  /** Opens the dialog. Without `focus` it only appears, as when a page is loaded: focus stays where the person has it. */
  show(focus = true) {
    if (!this.dialog.open) {
      if (this.narrow.matches) this.dialog.showModal();
      else this.dialog.setAttribute("open", "");
    }
    this.launcher.setAttribute("aria-expanded", "true");
    this.launcher.hidden = true;
    if (focus) this.field.focus();
    this.showHint();
  }

  hide() {
    if (this.dialog.open) this.dialog.close();
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
  }

  /** A dialog over the whole window: after its last control comes its first, not the page behind or nothing. */
  goRound(event) {
    const last = this.sendButton.checkVisibility() ? this.sendButton : [...this.confirm.querySelectorAll("button")].at(-1);
    const ends = [this.dialog.querySelector(".exit"), last];
    const [from, to] = event.shiftKey ? ends : ends.reverse();
    if (!this.dialog.matches(":modal") || event.target !== from) return;
    event.preventDefault();
    to.focus();
  }

  /** The window has become wide or narrow: the other kind of dialog, focus where it was. */
  reopen() {
    const focused = this.dialog.getRootNode().activeElement;
    this.dialog.close();
    if (this.narrow.matches) this.dialog.showModal();
    else this.dialog.setAttribute("open", "");
    focused?.focus();
  }

  /** Adds bubbles in one go. `quietly`: what is restored was heard before. */
  add(nodes, quietly = false) {
    if (quietly) this.log.setAttribute("aria-live", "off");
    this.log.append(...nodes);
    if (!quietly) this.listen();
  }

  /** Takes everything out of the log; focus that was on some of it stays in the chat. */
  empty() {
    if (this.log.contains(this.dialog.getRootNode().activeElement)) this.log.focus();
    this.log.replaceChildren();
  }

  /** From now on what comes into the log is announced. */
  listen() {
    this.log.setAttribute("aria-live", "polite");
  }

  /** Brings the start of a bubble into sight, as much of what follows as fits, and says when there is more. */
  scrollTo(node) {
    this.log.scrollTop = node.offsetTop - 8;
    this.showHint();
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.showHint();
  }

  showHint() {
    this.hint.hidden = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 24;
  }

  say(text) {
    this.status.textContent = text;
  }

  /** Shows what is announced (`text`, `until`) above the conversation until its time is over; nothing takes it away. */
  announce(notice) {
    clearTimeout(this.noticeOver);
    const left = notice ? Date.parse(notice.until) - Date.now() : 0;
    const text = left > 0 ? String(notice.text) : "";
    // the same words once more would be read out again
    if (this.notice.textContent !== text) this.notice.textContent = text;
    // a long one in a small window is scrolled, also with the keyboard
    this.notice.removeAttribute("tabindex");
    if (this.notice.scrollHeight > this.notice.clientHeight) this.notice.setAttribute("tabindex", "0");
    if (text) this.noticeOver = setTimeout(() => this.announce(null), Math.min(left, LONGEST_TIMER));
  }

  askToClear(ask) {
    this.confirm.hidden = !ask;
    if (ask) this.confirm.querySelector("button").focus();
  }

  count() {
    const left = this.longest - this.field.value.trim().length;
    const text = left < 0 ? this.strings.over(-left) : left <= NEAR_LIMIT ? this.strings.left(left) : "";
    if (this.counter.textContent !== text) this.counter.textContent = text;
  }

  /** What went wrong before is of no use once it is tried again. */
  dropFailures() {
    for (const node of this.log.querySelectorAll(".failure")) node.remove();
  }

  /** Choices and feedback of earlier answers are of no use any more. */
  settle() {
    const focused = this.dialog.getRootNode().activeElement;
    const gone = [...this.log.querySelectorAll(".choices, .feedback, .failure")];
    if (gone.some((node) => node.contains(focused))) this.field.focus({ preventScroll: true });
    for (const node of gone) node.remove();
  }
}
