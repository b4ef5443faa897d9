"""Reading aloud and printing, by the browser itself.

Only a voice that lives in the browser reads: many browsers offer voices of another company too, and would send it the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

if TYPE_CHECKING:
    from ui.text import Text

WORDS: Final = ("read", "stop", "no_voice", "print")
_HTML: Final = """
<div class="row">
  <button type="button" class="read" aria-pressed="false"></button>
  <button type="button" class="print"></button>
</div>
<p class="said" role="status"></p>
"""
_CSS: Final = """
.row { display: flex; flex-wrap: wrap; gap: 0.625rem; }
button {
  font: inherit; min-height: 2.75rem; padding: 0.375rem 1rem; cursor: pointer;
  border: 1px solid #7b878c; border-radius: 0.5rem; background: #fff; color: #1c2a30;
}
button:hover { background: #f6f8f7; }
button[aria-pressed="true"] { background: #e9f1f6; border: 2px solid #1d5f86; }
button:focus-visible { outline: 3px solid #1d5f86; outline-offset: 2px; }
.said { margin: 0.25rem 0 0; font-size: 0.9375rem; color: #46565d; }
.said:empty { display: none; }
@media print { :host, .row, .said { display: none; } }
"""
_JS: Final = """
/** A voice of the browser itself: another one would be asked for over the network, with the text. */
function ownVoice(language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language)) ?? null;
}

export default function ({ data, parentElement }) {
  const [read, print, said] = ['.read', '.print', '.said'].map((name) => parentElement.querySelector(name));
  const { words } = data;
  let isReading = false;
  const show = () => {
    read.textContent = isReading ? words.stop : words.read;
    read.setAttribute('aria-pressed', String(isReading));
  };
  const stop = () => {
    isReading = false;
    globalThis.speechSynthesis?.cancel();
    show();
  };
  print.textContent = words.print;
  print.onclick = () => globalThis.print();
  read.onclick = () => {
    if (isReading) { stop(); return; }
    const voice = ownVoice(data.language);
    said.textContent = voice ? '' : words.no_voice;
    if (!voice) return;
    isReading = true;
    show();
    data.texts.forEach((text, place) => {
      const spoken = new SpeechSynthesisUtterance(text);
      Object.assign(spoken, { voice, lang: voice.lang, rate: 0.95 });
      if (place === data.texts.length - 1) spoken.onend = () => { isReading = false; show(); };
      spoken.onerror = stop;
      speechSynthesis.speak(spoken);
    });
  };
  globalThis.speechSynthesis?.getVoices(); // some browsers begin to look for voices only now
  show();
  return stop;
}
"""
_component = st.components.v2.component("wijktwin_aloud", html=_HTML, css=_CSS, js=_JS, isolate_styles=True)


def buttons(t: Text, texts: Sequence[str]) -> None:
    """Two buttons: read this aloud, and print the page."""
    _component(
        data={"texts": list(texts), "language": t.language, "words": {name: t(f"home.{name}") for name in WORDS}},
        key="home_aloud", height="content",
    )  # fmt: skip
