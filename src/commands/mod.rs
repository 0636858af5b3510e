//! One module a command: from arguments to values, to a call, to output.

pub(crate) mod guidelines;
