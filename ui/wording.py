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
    return start === undefined ? null : data.starts[start] + text.slice(start.length);
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
    document.querySelectorAll("[role=listbox], [data-testid$=Dropdown]").forEach((list) => {
      const texts = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (Object.hasOwn(data.seen, text.nodeValue)) text.nodeValue = data.seen[text.nodeValue];
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


def swedish() -> None:
    """Mount the script; once per run, on every page."""
    component = st.components.v2.component("citygroup_wording", js=_JS)
    data = {name: mapping(f"streamlit.{name}") for name in ("words", "starts", "seen")}
    component(key="wording", data=data, height=1)
