//! Whom a reader trusts (C2SP `tlog-policy`): logs, witnesses, and how many of these must have cosigned a checkpoint.
//!
//! The format leaves octets above 0x7F unread; here a policy must be UTF-8 as a whole, and no longer than 1,000 lines
//! and 1 MiB. Names are compared octet by octet. No error repeats a private key, which may stand there by mistake.

use std::collections::BTreeSet;

use crate::checkpoint::Checkpoint;
use crate::encoding::decimal;
use crate::key::{KeyKind, Signature, VerifierKey};

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PolicyError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it, and what to write instead.
    pub message: String,
}

/// A log whose checkpoints are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, of a note, whose name is the origin of its checkpoints.
    pub key: VerifierKey,
    /// Where to reach it, as written.
    pub url: Option<String>,
}

/// A witness whose cosignatures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// What this policy calls it, which need not be its key's name.
    pub name: String,
    /// Its key, of a cosigner.
    pub key: VerifierKey,
    /// Where to reach it, as written.
    pub url: Option<String>,
}

/// Which checkpoints a reader accepts: those signed by a listed log and cosigned by a quorum of the witnesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustPolicy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    keys: Vec<VerifierKey>,
    /// In the order of the lines, so that members stand before the groups that they belong to.
    groups: Vec<Group>,
    /// The witness or group that must have cosigned; none if no witness need.
    quorum: Option<String>,
}

/// What counts as one witness when enough of its members have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    enough: u64,
    members: Vec<String>,
}

/// What the signatures on a checkpoint come to under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement<'p> {
    /// The listed log that signed it, whose key's name is the checkpoint's origin.
    pub log: Option<&'p PolicyLog>,
    /// The listed witnesses that cosigned it, and when, in POSIX seconds.
    pub witnesses: Vec<(&'p PolicyWitness, u64)>,
    /// Whether those are as many as the policy asks for.
    pub quorum: bool,
}

impl Judgement<'_> {
    /// Whether the policy accepts the checkpoint: a listed log signed it, and the quorum is met.
    pub fn is_accepted(&self) -> bool {
        self.log.is_some() && self.quorum
    }
}

impl TrustPolicy {
    /// Reads a policy. Each line ends with a line feed, so that one that was cut off is noticed.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let error = |line, message: String| PolicyError { line, message };
        if let Some(most) = bytes.get(..LONGEST).filter(|most| most.len() < bytes.len()) {
            let line = most.split(|octet| *octet == b'\n').count();
            return Err(error(line, format!("a policy has at most {LONGEST} bytes; leave out what follows")));
        }
        let (mut draft, mut last) = (Draft::default(), 1);
        for (number, line) in (1..).zip(bytes.split_inclusive(|octet| *octet == b'\n')) {
            if number > MOST_LINES {
                return Err(error(
                    number,
                    format!("a policy has at most {MOST_LINES} lines; leave out the rest"),
                ));
            }
            let whole =
                line.strip_suffix(b"\n").ok_or("the line is cut off; end it with a line feed".to_owned());
            whole.and_then(|line| draft.line(number, line)).map_err(|message| {
                let secret = message.contains(PRIVATE);
                error(number, if secret { NO_SECRETS.to_owned() } else { message })
            })?;
            last = number;
        }
        let missing = "no quorum is set; add a line `quorum NAME`, or `quorum none` to ask for no witness";
        if draft.quorum_line.is_some() { Ok(draft.policy) } else { Err(error(last, missing.to_owned())) }
    }

    /// The logs, in the order of the lines; there may be none where the reader knows the log from elsewhere.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in the order of the lines.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// The keys of logs and witnesses, for [`Note::verify`](crate::Note::verify).
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Judges a checkpoint by the signatures with which its note was verified; those of other keys count for nothing.
    pub fn judge(&self, checkpoint: &Checkpoint, signatures: &[Signature<'_>]) -> Judgement<'_> {
        let signed = |key: &VerifierKey| signatures.iter().find(|signature| signature.key == key);
        let log =
            self.logs.iter().find(|log| log.key.name() == checkpoint.origin && signed(&log.key).is_some());
        let cosigned =
            self.witnesses.iter().filter_map(|witness| Some((witness, signed(&witness.key)?.time?)));
        let witnesses: Vec<(&PolicyWitness, u64)> = cosigned.collect();
        let mut met: BTreeSet<&str> = witnesses.iter().map(|(witness, _)| witness.name.as_str()).collect();
        for group in &self.groups {
            let members = group.members.iter().filter(|member| met.contains(member.as_str()));
            if members.count() as u64 >= group.enough {
                met.insert(&group.name);
            }
        }
        let quorum = self.quorum.as_ref().is_none_or(|name| met.contains(name.as_str()));
        Judgement { log, witnesses, quorum }
    }
}

/// A policy of which some lines have been read.
#[derive(Default)]
struct Draft {
    policy: TrustPolicy,
    /// The names of witnesses and groups.
    defined: BTreeSet<String>,
    /// Those of them that belong to a group.
    members: BTreeSet<String>,
    quorum_line: Option<usize>,
}

impl Draft {
    /// Adds a line, or says what is wrong with it.
    fn line(&mut self, number: usize, line: &[u8]) -> Result<(), String> {
        if let Some(octet) = line.iter().find(|octet| matches!(octet, 0..=8 | 11..=31 | 127)) {
            return Err(format!(
                "the octet 0x{octet:02X} is not allowed; leave only text, spaces and tabs, and end lines with a line feed alone"
            ));
        }
        let line =
            str::from_utf8(line).map_err(|_| "this is not UTF-8; save the policy as UTF-8".to_owned())?;
        let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["log", ..] => Err("a log is written `log KEY` or `log KEY URL`".to_owned()),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["witness", ..] => {
                Err("a witness is written `witness NAME KEY` or `witness NAME KEY URL`".to_owned())
            }
            ["group", name, enough, members @ ..] if !members.is_empty() => self.group(name, enough, members),
            ["group", ..] => {
                Err("a group is written `group NAME all MEMBER...`, with `all`, `any` or a number".to_owned())
            }
            ["quorum", name] => self.quorum(number, name),
            ["quorum", ..] => Err("a quorum is written `quorum NAME` or `quorum none`".to_owned()),
            [other, ..] => Err(format!(
                "`{other}` is not known; a line begins with `log`, `witness`, `group`, `quorum` or `#`"
            )),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), String> {
        let key =
            VerifierKey::parse(key).map_err(|error| format!("the log's key cannot be used: {error}"))?;
        let name = key.name();
        if key.kind() != KeyKind::Note {
            return Err(format!(
                "the key of log `{name}` is a cosigner's, of type 0x04; write the log's key for notes, of type 0x01"
            ));
        }
        if let Some(log) = self.policy.logs.iter().find(|log| log.key.is_same_public_key(&key)) {
            return Err(format!(
                "log `{name}` has the key of log `{}`; leave out one of them",
                log.key.name()
            ));
        }
        self.policy.keys.push(key.clone());
        self.policy.logs.push(PolicyLog { key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&str>) -> Result<(), String> {
        let key = VerifierKey::parse(key)
            .map_err(|error| format!("the key of witness `{name}` cannot be used: {error}"))?;
        if key.kind() != KeyKind::Cosigner {
            return Err(format!(
                "the key of witness `{name}` is for notes, of type 0x01; write its key for cosignatures, of type 0x04"
            ));
        }
        let same = |witness: &&PolicyWitness| witness.key.is_same_public_key(&key);
        if let Some(other) = self.policy.witnesses.iter().find(same) {
            return Err(format!(
                "witness `{name}` has the key of witness `{}`; leave out one of them",
                other.name
            ));
        }
        self.define(name)?;
        self.policy.keys.push(key.clone());
        self.policy.witnesses.push(PolicyWitness { name: name.to_owned(), key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn group(&mut self, name: &str, enough: &str, members: &[&str]) -> Result<(), String> {
        let most = members.len() as u64;
        let number = match enough {
            "all" => Some(most),
            "any" => Some(1),
            digits => decimal(digits).filter(|number| (1..=most).contains(number)),
        };
        let enough = number.ok_or_else(|| {
            format!(
                "`{enough}` of {most} members cannot be met; write `all`, `any` or a number from 1 to {most}"
            )
        })?;
        for member in members {
            if *member == NONE {
                return Err("`none` cannot be a member of a group; name a witness or a group".to_owned());
            }
            self.is_defined(member)?;
            if !self.members.insert((*member).to_owned()) {
                return Err(format!("`{member}` is a member of a group already; name it in one group, once"));
            }
        }
        self.define(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.policy.groups.push(Group { name: name.to_owned(), enough, members });
        Ok(())
    }

    fn quorum(&mut self, number: usize, name: &str) -> Result<(), String> {
        if let Some(line) = self.quorum_line {
            return Err(format!("line {line} sets the quorum already; leave out one of them"));
        }
        if name != NONE {
            self.is_defined(name)?;
            self.policy.quorum = Some(name.to_owned());
        }
        self.quorum_line = Some(number);
        Ok(())
    }

    fn define(&mut self, name: &str) -> Result<(), String> {
        if name == NONE {
            return Err("`none` stands for no witness; choose another name".to_owned());
        }
        if self.defined.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(format!("`{name}` is defined already; choose another name"))
        }
    }

    fn is_defined(&self, name: &str) -> Result<(), String> {
        let defined = self.defined.contains(name);
        defined.then_some(()).ok_or_else(|| {
            format!("`{name}` is not defined on an earlier line; define the witness or group first")
        })
    }
}

/// The quorum that asks for no witness.
const NONE: &str = "none";
const PRIVATE: &str = "PRIVATE+KEY+";
const NO_SECRETS: &str =
    "a private key stands here; take it out, and write the public key where a key belongs";
const MOST_LINES: usize = 1_000;
/// 1 MiB.
const LONGEST: usize = 1 << 20;
