//! Pages read strictly: every tag is one that our templates write, every attribute is quoted, everything that opens
//! closes. Whatever somebody typed can therefore stand in texts and in values, and nowhere else.

use std::collections::BTreeMap;

/// A page that was read.
#[derive(Debug)]
pub(crate) struct Page {
    /// The elements in their order, with their attributes and the texts within.
    pub(crate) elements: Vec<Element>,
    /// All texts, with spaces between them.
    pub(crate) text: String,
}

/// An element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub(crate) tag: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The texts within.
    pub(crate) text: String,
    /// How many elements it lies in.
    pub(crate) depth: usize,
}

/// A form of a page: where it is sent, and what is sent by somebody who changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

impl Form {
    /// What a field holds.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same form with something typed into it.
    pub(crate) fn typed(&self, name: &str, value: &str) -> Self {
        let mut typed = self.clone();
        typed.fields.retain(|(known, _)| known != name);
        typed.fields.push((name.to_owned(), value.to_owned()));
        typed
    }

    /// As a browser sends it.
    pub(crate) fn body(&self) -> String {
        let pairs = self.fields.iter().map(|(name, value)| {
            // Browsers end lines in their own way.
            (name.as_str(), value.replace("\r\n", "\n").replace('\n', "\r\n"))
        });
        form(pairs)
    }
}

/// Pairs as a form sends them.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let encoded = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out = format!("{out}%{byte:02X}");
            }
        }
        out
    };
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(&value)));
    pairs.collect::<Vec<_>>().join("&")
}

impl Page {
    /// Reads a page; panics where something stands that no template of ours writes.
    pub(crate) fn read(html: &str) -> Self {
        let mut page = Self { elements: Vec::new(), text: String::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut rest = html.trim_start();
        rest = rest.strip_prefix("<!doctype html>").expect("a page begins with its type");
        while !rest.is_empty() {
            let Some(at) = rest.find('<') else {
                page.say(&open, rest);
                break;
            };
            page.say(&open, &rest[..at]);
            rest = &rest[at + 1..];
            if let Some(closing) = rest.strip_prefix('/') {
                let (tag, after) = closing.split_once('>').expect("a tag ends");
                let last = open.pop().expect("what closes was open");
                assert_eq!(page.elements[last].tag, tag, "what opened last closes first");
                rest = after;
                continue;
            }
            let (element, is_whole, after) = element(rest);
            rest = after;
            let depth = open.len();
            let is_raw = element.tag == "textarea" || element.tag == "title";
            let is_void = is_whole || VOID.contains(&element.tag.as_str());
            page.elements.push(Element { depth, ..element });
            if is_raw {
                // A browser reads no tags in there, so neither do we.
                let tag = page.elements.last().unwrap().tag.clone();
                let (inside, after) = rest.split_once(&format!("</{tag}>")).expect("it ends");
                assert!(!inside.contains('<'), "a tag stands in a {tag}: {inside}");
                let inside = inside.strip_prefix('\n').unwrap_or(inside);
                page.elements.last_mut().unwrap().text = decoded(inside);
                page.text.push_str(&decoded(inside));
                page.text.push(' ');
                rest = after;
            } else if !is_void {
                open.push(page.elements.len() - 1);
            }
        }
        assert!(open.is_empty(), "everything that opens closes");
        page
    }

    fn say(&mut self, open: &[usize], raw: &str) {
        let text = decoded(raw);
        self.text.push_str(&text);
        self.text.push(' ');
        for place in open {
            self.elements[*place].text.push_str(&text);
        }
    }

    pub(crate) fn all<'p>(&'p self, tag: &'p str) -> impl Iterator<Item = &'p Element> {
        self.elements.iter().filter(move |element| element.tag == tag)
    }

    /// The element with an id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.attribute("id") == id)
    }

    /// The form for which people come to the page: the last that posts and is none of the frame's.
    pub(crate) fn form(&self) -> Form {
        self.forms().into_iter().next_back().expect("the page has a form")
    }

    /// Every form that posts, without those of the frame.
    pub(crate) fn forms(&self) -> Vec<Form> {
        let mut forms = Vec::new();
        for (place, element) in self.elements.iter().enumerate() {
            let is_own = ["/preferences", "/sign-out"].contains(&element.attribute("action"));
            if element.tag != "form" || element.attribute("method") != "post" || is_own {
                continue;
            }
            let inside = self.elements[place + 1..].iter().take_while(|inner| inner.depth > element.depth);
            forms.push(Form {
                action: element.attribute("action").to_owned(),
                fields: sent(&inside.cloned().collect::<Vec<_>>()),
            });
        }
        forms
    }
}

/// What the elements of a form send as they stand.
fn sent(elements: &[Element]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select = String::new();
    for element in elements {
        let name = element.attribute("name").to_owned();
        let value = element.attribute("value").to_owned();
        match element.tag.as_str() {
            "input" => match element.attribute("type") {
                "radio" | "checkbox" if !element.attributes.contains_key("checked") => {}
                _ => fields.push((name, value)),
            },
            "textarea" => fields.push((name, element.text.clone())),
            "select" => select = name,
            "option" if element.attributes.contains_key("selected") => fields.push((select.clone(), value)),
            _ => {}
        }
    }
    fields
}

fn element(text: &str) -> (Element, bool, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).expect("a tag has a name");
    let mut element = Element { tag: text[..end].to_owned(), ..Element::default() };
    assert!(TAGS.contains(&element.tag.as_str()), "no template writes <{}", &text[..text.len().min(60)]);
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (element, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (element, false, after);
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':')).unwrap();
        let name = &rest[..end];
        assert!(!name.is_empty(), "an attribute has a name: {}", &rest[..rest.len().min(60)]);
        assert!(!name.starts_with("on") && name != "style", "no template writes {name}");
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let quote = &after[..1];
            assert!(quote == "\"" || quote == "'", "a value is quoted: {}", &after[..after.len().min(60)]);
            (value, rest) = after[1..].split_once(quote).expect("a value ends");
        }
        assert!(element.attributes.insert(name.to_owned(), decoded(value)).is_none(), "{name} stands twice");
    }
}

/// Text without its entities.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part.split_once(';').unwrap_or_else(|| panic!("a bare & stands in: {text}"));
        match name {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "nbsp" => out.push('\u{a0}'),
            _ => {
                let number = name.strip_prefix('#').unwrap_or_else(|| panic!("entity {name}"));
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                out.push(char::from_u32(code.unwrap()).unwrap());
            }
        }
        out.push_str(after);
    }
    out
}

const VOID: [&str; 7] = ["meta", "link", "input", "br", "hr", "img", "wbr"];
/// Every tag that our templates and charts write.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "body",
    "br",
    "button",
    "caption",
    "circle",
    "code",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "defs",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "main",
    "marker",
    "meta",
    "meter",
    "nav",
    "ol",
    "option",
    "output",
    "p",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "pre",
    "progress",
    "rect",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "tspan",
    "ul",
    "use",
    "wbr",
];

#[test]
fn a_page_that_somebody_broke_out_of_is_not_read() {
    let whole = |inside: &str| format!("<!doctype html>\n<html lang=\"en\"><body>{inside}</body></html>");
    let read = |inside: &str| std::panic::catch_unwind(|| Page::read(&whole(inside)));
    let page =
        read("<p title=\"&quot;&gt;\">a &#60;b&#62; &amp; c</p><input name=\"x\" value=\"1\">").unwrap();
    assert!(page.text.contains("a <b> & c"));
    assert_eq!(page.all("p").next().unwrap().attribute("title"), "\">");
    for broken in [
        "<blink>",
        "<p onclick=\"x()\">a</p>",
        "<p style=\"x\">a</p>",
        "<p>",
        "<p title=x>a</p>",
        "</p>",
        "<textarea><p></textarea>",
        "a & b",
    ] {
        assert!(read(broken).is_err(), "{broken}");
    }
}
