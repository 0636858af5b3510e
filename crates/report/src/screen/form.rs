//! Something to fill in and send: fields with what was typed so far, and what is wrong with it.

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// What tells its fields from those of another form on the same page; may be empty.
    pub key: &'static str,
    /// Where it is sent.
    pub action: String,
    /// What it is for, above it; may be empty.
    pub title: String,
    /// What the button says.
    pub submit: String,
    /// `main`, `stop` or `plain`.
    pub class: &'static str,
    /// What is wrong, above the fields; may be empty.
    pub problem: String,
    /// The fields.
    pub fields: Vec<Field>,
    /// What goes with it unseen: name and value.
    pub hidden: Vec<(String, String)>,
    /// Whether files are sent with it.
    pub files: bool,
    /// Whether it asks rather than changes: it is sent in the address.
    pub asks: bool,
    /// Whether it stands in one line.
    pub inline: bool,
    /// What is said of fields that may be left out.
    pub optional: String,
    /// Where one gets out of it: address and words.
    pub cancel: Option<(String, String)>,
    /// A passkey that does in the place of some fields, or is added, where a browser can.
    pub passkey: Option<Passkey>,
}

/// A button beside a form that asks a browser for a passkey, and sends the form with what that signed or made.
#[derive(Clone, Debug, Default)]
pub struct Passkey {
    /// Where the browser is told what to ask for.
    pub options: String,
    /// Whether a passkey is made, rather than used.
    pub makes: bool,
    /// What the button says.
    pub submit: String,
    /// `main` or `plain`.
    pub class: &'static str,
    /// The names of the fields in whose place it stands, separated by blanks.
    pub instead: String,
    /// The only origin where browsers do it.
    pub origin: String,
    /// What is said elsewhere, with a link to there; nothing if empty.
    pub elsewhere: String,
    /// What is said if nothing came of it.
    pub failed: String,
    /// What is said if the device holds one already.
    pub known: String,
    /// What is said where no browser can do it; nothing if empty.
    pub without: String,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name it is sent under.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What helps to fill it in; may be empty.
    pub hint: String,
    /// What was typed.
    pub value: String,
    /// What is wrong with it; may be empty.
    pub problem: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// How it is filled in.
    pub kind: FieldKind,
}

/// How a field is filled in.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// A line. With the type that browsers know: `text`, `email`, `date`, `datetime-local`, `number`, `password`.
    Line {
        /// The type.
        of: &'static str,
        /// What a browser may fill in by itself; may be empty.
        autocomplete: &'static str,
        /// Suggestions.
        suggestions: Vec<Choice>,
    },
    /// Several lines.
    Lines {
        /// How many are seen.
        rows: u8,
        /// Whether it is code.
        code: bool,
    },
    /// One of several.
    One(Vec<Choice>),
    /// One of a few, all seen.
    Radio(Vec<Choice>),
    /// Any of several; what is chosen stands in the choices.
    Many(Vec<Choice>),
    /// A file.
    File {
        /// What sorts there may be, as browsers read it; any if empty.
        accept: &'static str,
        /// Whether there may be several.
        several: bool,
    },
}

/// Something to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is seen.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Field {
    /// A line to fill in.
    pub fn line(name: impl Into<String>, label: impl Into<String>, of: &'static str) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            value: String::new(),
            problem: String::new(),
            required: true,
            kind: FieldKind::Line { of, autocomplete: "", suggestions: Vec::new() },
        }
    }
}
