//! Measurements in words: what was measured, of which slice, with groups by the names people know them by.

use dualtrack_assurance::Measurement;

use crate::assessment::GroupName;
use crate::locale::Words;

/// The words of one language together with the names of groups.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The words.
    pub(crate) words: Words,
    /// The names.
    pub(crate) groups: &'a [GroupName],
}

impl Names<'_> {
    /// What people call a group; of an intersection `female+21-29`, what they call each part.
    pub(crate) fn group(&self, attribute: &str, group: &str) -> String {
        if let Some(name) = self.known(attribute, group) {
            return name.to_owned();
        }
        let (attributes, groups): (Vec<_>, Vec<_>) =
            (attribute.split('+').collect(), group.split('+').collect());
        if attributes.len() < 2 || attributes.len() != groups.len() {
            return group.to_owned();
        }
        let parts: Vec<_> = attributes
            .iter()
            .zip(&groups)
            .map(|(attribute, group)| self.known(attribute, group).unwrap_or(group))
            .collect();
        parts.join(&self.words.say("group-and-group"))
    }

    /// The slice of a measurement in words; empty for all rows.
    pub(crate) fn slice(&self, measurement: &Measurement) -> String {
        let slice = &measurement.slice;
        let words = self.words;
        let mut parts = Vec::new();
        match (&slice.attribute, &slice.group) {
            (Some(attribute), Some(group)) => parts.push(self.group(attribute, group)),
            (Some(attribute), None) => parts.push(attribute.clone()),
            (None, _) => {}
        }
        parts.extend(slice.column.clone());
        parts.extend(slice.bin.as_ref().map(|bin| words.say_with("bin-number", &[("bin", bin)])));
        parts.extend(slice.period.clone());
        let mut text = parts.join(&words.say("list-comma"));
        if let Some(reference) = &slice.reference {
            let reference = slice
                .attribute
                .as_ref()
                .map_or_else(|| reference.clone(), |attribute| self.group(attribute, reference));
            if !text.is_empty() {
                text.push_str(&words.say("word-gap"));
            }
            text.push_str(&words.say_with("against", &[("reference", &reference)]));
        }
        text
    }

    fn known(&self, attribute: &str, group: &str) -> Option<&str> {
        let found = self.groups.iter().find(|name| name.attribute == attribute && name.group == group);
        found.map(|name| self.words.pick(&name.name))
    }
}
