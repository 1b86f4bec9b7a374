// Instead of the highlighter that mdBook brings: nothing here needs its colours, and they are too faint to read.
window.hljs = { configure() {}, highlightBlock() {} };
