// What this browser tab remembers until it is closed: the conversation's id, whether the chat is open, unsent text.
const EMPTY = { conversation: null, open: null, draft: "", pending: null };

export class State {
  /** `name` sets apart assistants on one page. */
  constructor(name) {
    this.key = `plan-chat ${name}`;
    this.values = { ...EMPTY };
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key));
      if (kept && typeof kept === "object") for (const key of Object.keys(EMPTY)) this.values[key] = kept[key] ?? EMPTY[key];
    } catch {
      // storage may be blocked: then the chat lives as long as the page
    }
  }

  get(key) {
    return this.values[key];
  }

  set(changes) {
    Object.assign(this.values, changes);
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.values));
    } catch {
      // as above
    }
  }

  /** Forgets everything. `open` may be kept, so that clearing does not close the chat. */
  clear(open = null) {
    this.values = { ...EMPTY, open };
    try {
      sessionStorage.removeItem(this.key);
      if (open !== null) this.set({});
    } catch {
      // as above
    }
  }
}
