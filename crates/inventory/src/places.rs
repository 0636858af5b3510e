//! Where things stand in a YAML file, so that an error of meaning can point at line and column.
//!
//! The file is read a second time into a bare tree with places; typed values stay free of them.

use std::fmt;

use dualtrack_catalogue::{Bilingual, Located, SourceError, parse};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The places of one file.
#[derive(Debug)]
pub(crate) struct Places {
    file: String,
    root: Option<Located<Node>>,
}

#[derive(Debug, Default)]
enum Node {
    #[default]
    Empty,
    Scalar(String),
    List(Vec<Located<Node>>),
    Map(Vec<(Located<String>, Located<Node>)>),
}

impl Places {
    /// Notes the places of a file. A text that is not YAML has none.
    pub(crate) fn of(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), root: parse(file, text).ok() }
    }

    /// No places: all that is known is what the value is called.
    pub(crate) fn none(name: &str) -> Self {
        Self { file: name.to_owned(), root: None }
    }

    /// The file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// An error about the value `found` under `path`, or about the nearest thing above it that exists.
    pub(crate) fn error(&self, path: &[&str], found: &str, message: impl Into<Bilingual>) -> SourceError {
        let message = message.into();
        let error = if self.root.is_none() {
            SourceError::of_file(&self.file, message.en)
        } else {
            let (line, column) = self.place(path, found);
            SourceError::at(&self.file, line, column, message.en)
        };
        error.in_chinese(message.zh_hant)
    }

    /// The text of a field at the top of the file.
    pub(crate) fn text_of(&self, field: &str) -> Option<&str> {
        match &self.root.as_ref()?.value.field(field)?.value {
            Node::Scalar(text) => Some(text),
            Node::Empty | Node::List(_) | Node::Map(_) => None,
        }
    }

    /// The line on which the value `found` under `path` stands.
    pub(crate) fn place(&self, path: &[&str], found: &str) -> (u64, u64) {
        let Some(root) = &self.root else { return (1, 1) };
        let mut node = root;
        for step in path {
            match node.value.field(step) {
                Some(next) => node = next,
                None => break,
            }
        }
        find(node, found).unwrap_or((node.line.max(1), node.column.max(1)))
    }
}

impl Node {
    /// A field of a mapping, or an item of a list by its position.
    fn field(&self, step: &str) -> Option<&Located<Self>> {
        match self {
            Self::Map(fields) => fields.iter().find(|(key, _)| key.value == step).map(|(_, value)| value),
            Self::List(items) => items.get(step.parse::<usize>().ok()?),
            Self::Empty | Self::Scalar(_) => None,
        }
    }
}

/// The place of a scalar or a key in a tree.
fn find(tree: &Located<Node>, found: &str) -> Option<(u64, u64)> {
    match &tree.value {
        Node::Scalar(text) if text == found => Some((tree.line, tree.column)),
        Node::Scalar(_) | Node::Empty => None,
        Node::List(items) => items.iter().find_map(|item| find(item, found)),
        Node::Map(fields) => fields.iter().find_map(|(key, value)| {
            if key.value == found { Some((key.line, key.column)) } else { find(value, found) }
        }),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Empty)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Empty)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Node::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_under_its_path() {
        let places = Places::of("a.yaml", "one: x\npeople:\n  owners: [ada, ben]\n  builders:\n    - ben\n");
        assert_eq!(places.place(&["people", "builders"], "ben"), (5, 7));
        assert_eq!(places.place(&["people", "owners"], "ben"), (3, 17));
        assert_eq!(places.place(&["people", "approvers"], "ben"), (3, 17));
        assert_eq!(places.place(&["one"], "nowhere"), (1, 6));
    }
}
