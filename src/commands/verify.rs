//! `dualtrack verify`: whether a log, or what was handed over from one, holds by keys that the reader trusts.
//!
//! Three answers: verified (0), not verified (1), and cannot tell (2), such as when no key is named.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use dualtrack_catalogue::Language;
use dualtrack_ledger::is_bundle;

use crate::cli::VerifyArguments;
use crate::failure::Failure;
use crate::fetch;
use crate::terminal::{Terminal, print, printable};
use crate::verify::{
    Line, Place, Refusal, Trust, Verified, bundle, disclosure, in_folder, log, receipt, text,
};

/// Runs the command.
pub(crate) fn run(arguments: &VerifyArguments, terminal: Terminal) -> Result<ExitCode, Failure> {
    let trust = Trust::read(&arguments.keys, arguments.policy.as_deref(), arguments.since.as_deref())?;
    let chinese = terminal.language == Language::ZhHant;
    let pick = |(english, chinese_text): &Line| if chinese { chinese_text.clone() } else { english.clone() };
    match checked(arguments, &trust) {
        Ok(Verified { checked, noticed, left }) => {
            let mut shown = vec![terminal.say("Verified", "已核實").to_owned()];
            shown.extend(checked.iter().map(|line| format!("  ✓ {}", pick(line))));
            if !noticed.is_empty() {
                shown.push(terminal.say("Worth a look", "請留意").to_owned());
                shown.extend(noticed.iter().map(|line| format!("  ! {}", pick(line))));
            }
            shown.push(terminal.say("Not checked", "沒有核對").to_owned());
            shown.extend(left.iter().map(|line| format!("  - {}", pick(line))));
            print(&printable(&(shown.join("\n") + "\n"))).map(|()| ExitCode::SUCCESS)
        }
        Err(Refusal::Refused(english, chinese_text)) => {
            let start = terminal.say("Not verified: ", "不能核實：");
            let line = format!("{start}{}\n", pick(&(english, chinese_text)));
            print(&printable(&line)).map(|()| ExitCode::from(1))
        }
        Err(Refusal::Unknown(failure)) => Err(failure),
    }
}

fn checked(arguments: &VerifyArguments, trust: &Trust) -> Result<Verified, Refusal> {
    let VerifyArguments { path, entry, .. } = arguments;
    let url = path.starts_with("https://") || path.starts_with("http://");
    let file = Path::new(path);
    if (url || file.is_dir()) && entry.is_some() {
        return Err(Failure::input("--entry belongs to a receipt; a log holds its own entries").into());
    }
    if url {
        return log(&Place::Url(fetch::agent(), path.trim_end_matches('/').to_owned()), trust);
    }
    if file.is_dir() {
        return log(&in_folder(file), trust);
    }
    let mut start = [0; 64];
    let count =
        File::open(file).ok().filter(|_| file.is_file()).map_or(Ok(0), |mut file| file.read(&mut start));
    let count =
        count.map_err(|error| Failure::file("read", file, &error, "name a log's folder or a receipt"))?;
    if is_bundle(start.get(..count).unwrap_or_default()) {
        return bundle(file, trust);
    }
    let text = text(file)?;
    if text.trim_start().starts_with('{') {
        return disclosure(file, &text, trust);
    }
    receipt(file, &text, entry.as_deref(), trust)
}
