// "Exit this page": leaves at once, and leaves nothing behind in this tab.
const PRESSES = 3;
const SECONDS = 5;

/** Goes away: what is on the screen vanishes first, and Back does not return here. */
export function leave(address) {
  document.documentElement.style.setProperty("visibility", "hidden", "important");
  document.title = "";
  location.replace(address);
}

/** Calls `exit` when Shift is pressed three times and nothing else between; `left` hears how many presses are missing. */
export function onThreeShifts(exit, left) {
  let times = [];
  const listen = (event) => {
    if (event.key !== "Shift" || event.repeat) {
      if (event.key !== "Shift") times = [];
      return;
    }
    const now = performance.now();
    times = [...times.filter((time) => now - time < SECONDS * 1000), now];
    if (times.length >= PRESSES) exit();
    else left(PRESSES - times.length);
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}
