// Which addresses may become links or pictures. Everything else stays text: an answer is never trusted with an address.
const LINKS = new Set(["https:", "http:", "mailto:", "tel:", "sms:"]);

/** The address as a browser would open it, or null when it must not be one. It must be whole: nothing is relative to a page. */
export function safeLink(address) {
  try {
    const url = new URL(String(address));
    return LINKS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** The address of a picture: only the assistant's own server may serve one. */
export function safePicture(address, base) {
  const { origin } = new URL(base);
  const link = safeLink(/^\/(?!\/)/.test(address) ? origin + address : address);
  return link && new URL(link).origin === origin ? link : null;
}
