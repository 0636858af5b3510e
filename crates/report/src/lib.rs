//! Documents people keep: text, JSON, JUnit and self-contained HTML with SVG charts, in two languages.
