// Talks to the assistant's server. Whatever goes wrong becomes a Failure of one of a few kinds.
const SECONDS = 20;

/** `kind`: offline, slow, failed, refused (with words for people), over (the conversation has ended) or gone (the person has left it). */
export class Failure extends Error {
  constructor(kind, detail = "") {
    super(detail || kind);
    this.kind = kind;
    this.detail = detail;
  }
}

export class Transport {
  constructor(base) {
    this.base = base;
  }

  /** From now on nothing is sent, and nothing that still comes is heard. */
  close() {
    this.closed = true;
  }

  begin() {
    return this.post("conversations", {}, (body) => body.conversation && body.greeting);
  }

  say(conversation, message, id) {
    return this.post("messages", { conversation, message, message_id: id }, (body) => body.parts?.length);
  }

  history(conversation) {
    return this.post("history", { conversation }, (body) => Array.isArray(body.said));
  }

  /** `leaving`: the page is about to go, and the request must outlive it. */
  end(conversation, leaving = false) {
    return this.post("end", { conversation }, null, leaving);
  }

  feedback(conversation, answer, helpful, comment) {
    return this.post("feedback", { conversation, answer, helpful, ...(comment ? { comment } : {}) }, null);
  }

  async post(path, body, good, keepalive = false) {
    let response, answered;
    if (this.closed) throw new Failure("gone");
    try {
      // a text body needs no preflight, and no cookie is ever sent
      response = await fetch(new URL(`chat/${path}`, this.base), {
        method: "POST",
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(SECONDS * 1000),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        keepalive,
      });
      if (response.status === 204) return null;
      answered = await response.json();
    } catch (error) {
      if (this.closed) throw new Failure("gone");
      if (error.name === "TimeoutError" || error.name === "AbortError") throw new Failure("slow");
      throw new Failure(response ? "failed" : navigator.onLine ? "failed" : "offline");
    }
    if (this.closed) throw new Failure("gone");
    if (response.status === 401 || response.status === 410) throw new Failure("over");
    const detail = typeof answered?.detail === "string" ? answered.detail : "";
    if (response.status === 429) throw new Failure("refused", detail);
    if (!response.ok || !answered || (good && !good(answered))) throw new Failure("failed");
    return answered;
  }
}
