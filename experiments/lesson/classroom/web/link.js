// The one connection to the server: it comes back by itself, and then says again who it is.

const BROKE_RULES = 4000, ELSEWHERE = 4001;
const FIRST_WAIT = 500, LONGEST_WAIT = 8000;

// Opens the connection. `hello()` returns what to say first; `take(message)` takes every message; `lost(why)` is told
// that the connection is gone: "again" (it is being tried again), "elsewhere" or "refused" (it is not).
export function link(hello, take, lost) {
  let socket = null, wait = FIRST_WAIT, timer = 0;

  function open() {
    clearTimeout(timer);
    const mine = socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/class`);
    mine.onopen = () => mine.send(JSON.stringify(hello()));
    mine.onmessage = (event) => {
      wait = FIRST_WAIT;
      take(JSON.parse(event.data));
    };
    mine.onclose = (event) => {
      if (mine !== socket) return;
      socket = null;
      if (event.code === ELSEWHERE) lost("elsewhere");
      else if (event.code === BROKE_RULES) lost("refused");
      else {
        lost("again");
        timer = setTimeout(open, wait * (0.5 + Math.random() / 2)); // a whole class does not come back at once
        wait = Math.min(2 * wait, LONGEST_WAIT);
      }
    };
  }

  // A phone that was put away has lost its connection without noticing, or waits too long.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && timer && !socket) open();
  });

  return {
    open,
    say(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}
