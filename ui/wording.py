"""The page's language, and Streamlit's own words in Swedish: those that are read out, and the few that are seen.

No setting of Streamlit's translates them. A script replaces the words that prompts/ui.yaml lists, and hides icons, whose
English names would be read out before each label, from screen readers. It changes no text of ours.
"""

from __future__ import annotations

import streamlit as st

from ui.texts import mapping

_JS = """
export default function ({ data }) {
  document.documentElement.lang = "sv";
  if (window.cgWording) window.cgWording.disconnect();
  const said = (text) => {
    if (!text) return null;
    if (Object.hasOwn(data.words, text)) return data.words[text];
    const start = Object.keys(data.starts).find((start) => text.startsWith(start));
    if (start !== undefined) return data.starts[start] + text.slice(start.length);
    return matching(text);
  };
  const patterns = Object.entries(data.patterns).map(([pattern, swedish]) => [new RegExp(pattern), swedish]);
  const matching = (text) => {
    const found = patterns.find(([pattern]) => pattern.test(text));
    return found ? text.replace(...found) : null;
  };
  const translate = () => {
    for (const name of ["aria-label", "placeholder", "title"]) {
      document.querySelectorAll(`[${name}]`).forEach((element) => {
        const swedish = said(element.getAttribute(name));
        if (swedish !== null) element.setAttribute(name, swedish);
      });
    }
    document.querySelectorAll('[data-testid="stIconMaterial"]:not([aria-hidden])').forEach((icon) => {
      icon.setAttribute("aria-hidden", "true");
    });
    document.querySelectorAll(data.places).forEach((place) => {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (text.parentElement.closest(".stFileChipName")) continue;  // the reader's own word
        const swedish = Object.hasOwn(data.seen, text.nodeValue) ? data.seen[text.nodeValue] : matching(text.nodeValue);
        if (swedish !== null && swedish !== text.nodeValue) text.nodeValue = swedish;
      }
    });
  };
  let waiting = false;
  window.cgWording = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; translate(); });
  });
  window.cgWording.observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "placeholder", "title"],
  });
  translate();
}
"""


# Where Streamlit's own words are seen: lists of choices, the box for files and what is said on its errors, dialogs.
PLACES = (
    "[role=listbox], [data-testid$=Dropdown], [data-testid=stFileUploader], "
    "[data-testid^=stTooltip][data-testid$=Content], [role=dialog]"
)


def swedish() -> None:
    """Mount the script; once per run, on every page."""
    component = st.components.v2.component("citygroup_wording", js=_JS)
    data = {name: mapping(f"streamlit.{name}") for name in ("words", "starts", "seen", "patterns")}
    component(key="wording", data={**data, "places": PLACES}, height=1)
