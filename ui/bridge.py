"""The one piece of JavaScript: clicks on citation chips, copying, printing, scrolling.

Chips are links in static HTML; Streamlit would open them as a new visit. The component catches a plain click and tells
Python instead (a click with Ctrl or the middle button still opens a window of its own). It sends no data elsewhere and
runs no text of the reports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

_JS = """
export default function ({ data, setTriggerValue }) {
  const open = (event) => {
    const copy = event.target.closest("[data-cg-copy]");
    if (copy) {
      event.preventDefault();
      copyText(copy);
      return;
    }
    const print = event.target.closest("[data-cg-print]");
    if (print) {
      event.preventDefault();
      whenDrawn(() => window.print());
      return;
    }
    const link = event.target.closest("a[data-cg-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    window.cgClicked = { href: link.getAttribute("href"), exchange: link.dataset.cgOpen, top: link.getBoundingClientRect().top };
    setTriggerValue("clicked", {
      query: link.getAttribute("href").split("?")[1] || "",
      exchange: link.dataset.cgOpen,
      number: Number(link.dataset.cgNumber || 0),
    });
  };
  if (window.cgOpen) document.removeEventListener("click", window.cgOpen);
  window.cgOpen = open;
  document.addEventListener("click", open);
  if (!document.getElementById("cg-said")) {  // there before it speaks, or nothing is read out
    const place = Object.assign(document.createElement("div"), { id: "cg-said", className: "cg-sr" });
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  document.documentElement.dataset.cgReady = "true";
  if (!window.cgPrints) {
    window.cgPrints = true;
    window.addEventListener("beforeprint", unfold);
    window.addEventListener("afterprint", fold);
  }

  window.cgCurrent = (data && data.current) || "";
  WAITS.forEach((wait) => setTimeout(mark, wait));  // the answer is drawn anew when it makes room for the source
  const jump = data && data.scroll && data.nonce !== window.cgNonce;
  const turned = data && data.source && data.source !== window.cgSource;
  window.cgSource = data && data.source;
  if (jump || turned) {
    window.cgNonce = data.nonce;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let left = false;  // the reader has scrolled; leave the page where it is
    const leave = () => { left = true; };
    ["wheel", "touchmove", "keydown"].forEach((kind) => window.addEventListener(kind, leave, { once: true, passive: true }));
    let focused = false;  // once: the keyboard goes on from the source that opened, or from the chip it was opened by
    const go = () => {
      const target = jump && document.getElementById(data.scroll);
      if (target && !focused && !left && (data.scroll === "cg-source" || data.scroll.endsWith("-cg-chip"))) {
        focused = true;
        target.focus({ preventScroll: true });
      }
      if (left || (jump && !target) || window.cgGo !== go) return;
      const main = document.querySelector(".stMain");  // never what lies around it
      let by = 0;
      if (target) {
        const box = target.getBoundingClientRect();
        const beside = data.scroll === "cg-source" && window.innerWidth >= 1000;  // it is in view there already
        if (beside) keepInPlace(target);
        else if (box.top < 50 || box.top > window.innerHeight * 0.4) by = box.top - 84;
      }
      if (turned || data.scroll === "cg-source") by += toMark(by);
      if (Math.abs(by) > 1) main.scrollTo({ top: main.scrollTop + by, behavior: calm ? "auto" : "smooth" });
    };
    window.cgGo = go;  // a later one takes over
    WAITS.slice(1).forEach((wait) => setTimeout(go, wait));  // the page grows while pictures load
  }
}

// Scrolls what lies around the marked words until they are in view there; the rest that the page itself has to go.
function toMark(by) {
  const mark = document.querySelector(".st-key-source-panel :is(.cg-text mark, [data-cg-mark])");
  if (!mark || !placeOf(mark)) return 0;
  const ask = document.querySelector(".st-key-ask");  // the field that lies over the page's end
  const end = (ask ? ask.getBoundingClientRect().top : window.innerHeight) - 12;
  for (let box = mark.parentElement; !box.matches(".stMain"); box = box.parentElement) {
    if (box.scrollHeight <= box.clientHeight || !["auto", "scroll"].includes(getComputedStyle(box).overflowY)) continue;
    const view = box.getBoundingClientRect();
    const { top, bottom } = placeOf(mark);
    if (top < view.top || bottom > Math.min(view.bottom, end)) box.scrollTop += top - view.top - view.height / 3;
  }
  const { top, bottom } = placeOf(mark);
  return Math.max(bottom - by - end, 0) || Math.min(top - by - 72, 0);
}

// Where marked words begin and end on the screen; of many, as much as can be seen at once.
function placeOf(mark) {
  let { top, bottom } = mark.getBoundingClientRect();
  if (mark.dataset.cgMark) {
    const picture = document.querySelector(".st-key-source-page img");
    const page = picture && picture.getBoundingClientRect();
    if (!page || page.height < 50) return null;  // not loaded yet
    [top, bottom] = mark.dataset.cgMark.split(" ").map((part) => page.top + Number(part) * page.height);
  }
  return { top, bottom: Math.min(bottom, top + window.innerHeight / 4) };
}

// The text beside a source is narrower and so longer: what was clicked stays where it was.
function keepInPlace(target) {
  const clicked = window.cgClicked;
  if (!clicked) return;
  const same = [...document.querySelectorAll("a[data-cg-open]")].find(
    (link) => link.getAttribute("href") === clicked.href && link.dataset.cgOpen === clicked.exchange && link.offsetParent
  );
  const main = target.closest(".stMain");
  if (same && main) main.scrollTop += same.getBoundingClientRect().top - clicked.top;
}

const WAITS = [0, 80, 500, 1000, 1700];

// The chip whose source is open now.
function mark() {
  document.querySelectorAll("a.cg-open-now").forEach((chip) => {
    if (chip.id === window.cgCurrent) return;
    chip.classList.remove("cg-open-now");
    chip.removeAttribute("aria-current");
  });
  const current = window.cgCurrent && document.getElementById(window.cgCurrent);
  if (current) {
    current.classList.add("cg-open-now");
    current.setAttribute("aria-current", "true");
  }
}

// While the program draws the page anew, parts of it are missing: a print of that moment would be, too.
function whenDrawn(act) {
  const busy = document.querySelector(".stApp:not([data-test-script-state=notRunning]), [data-stale=true]");
  if (busy) setTimeout(() => whenDrawn(act), 100);
  else act();
}

// What waits behind a fold on the page stands on the paper.
function unfold() {
  document.querySelectorAll(".cg-answer details:not([open])").forEach((part) => {
    part.open = true;
    part.dataset.cgUnfolded = "true";
  });
}

function fold() {
  document.querySelectorAll("details[data-cg-unfolded]").forEach((part) => {
    part.open = false;
    delete part.dataset.cgUnfolded;
  });
}

async function copyText(button) {
  const text = button.dataset.cgCopy === "link:" ? window.location.href : button.dataset.cgCopy;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.appendChild(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  const label = button.querySelector("span") || button;
  const said = document.getElementById("cg-said");
  button.dataset.cgLabel ??= label.textContent;
  label.textContent = said.textContent = done ? button.dataset.cgDone : button.dataset.cgFailed;
  setTimeout(() => { label.textContent = button.dataset.cgLabel; said.textContent = ""; }, 1800);
}
"""


@dataclass(frozen=True)
class Click:
    """A chip that was clicked: its link's query string, the exchange it stands in, and its number."""

    query: str
    exchange: str
    number: int


def listen(
    on_click: Callable[[Click], None], current: str = "", scroll: str = "", nonce: int = 0, source: str = ""
) -> None:
    """Mount the listener once per page.

    `current` is the id of the chip whose source is open; `scroll` the id to bring into view, once per `nonce`. `source`
    is the query string of what is open: where it is another, its mark is brought into view.
    """

    def clicked() -> None:
        found: Any = st.session_state.get("bridge")
        value = found.get("clicked") if found else None
        if value:
            number = value.get("number")
            on_click(Click(str(value.get("query", "")), str(value.get("exchange", "")), int(number or 0)))

    component = st.components.v2.component("citygroup_bridge", js=_JS)
    component(
        key="bridge",
        data={"current": current, "scroll": scroll, "nonce": nonce, "source": source},
        on_clicked_change=clicked,
        height=1,
    )
