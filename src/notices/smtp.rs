//! Handing a mail to the institution's mail server.
//!
//! The steps are taken one by one rather than by lettre's transport, because what a refusal means depends on the step: a
//! wrong password is ours to mend and worth another attempt, an address that does not exist is not.

use std::error::Error as _;
use std::io;
use std::net::IpAddr;

use dualtrack_catalogue::Language;
use jiff::Timestamp;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, Message};

use super::mail::{self, Letter};
use super::secret::Secret;
use super::words::said;
use super::{Delivered, PATIENCE};
use crate::failure::Failure;

/// How the institution's mail server is reached.
#[derive(Clone, Debug)]
pub(crate) struct SmtpSettings {
    /// Its name; certificates are checked against it.
    pub(crate) host: String,
    /// Its port: 587 for `StartTls`, 465 for `Tls`, 25 for `None`, usually.
    pub(crate) port: u16,
    /// How the connection is protected.
    pub(crate) security: Security,
    /// Who we are to it, if it asks.
    pub(crate) login: Option<Login>,
    /// The sender: `Dualtrack <dualtrack@bank.example>`.
    pub(crate) from: String,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// Not at all; for a server on this machine or this network, and never with a password beyond this machine.
    None,
    /// Encrypted after the greeting. A server that cannot is not used.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
}

/// A name and a password for a mail server.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The name.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: Secret,
}

/// A mail server that settings name.
pub(super) struct MailServer {
    settings: SmtpSettings,
    from: Mailbox,
    tls: Option<TlsParameters>,
}

impl MailServer {
    /// Takes the settings, or says what is wrong with them.
    pub(super) fn new(settings: SmtpSettings, authorities: Option<&[u8]>) -> Result<Self, Failure> {
        let from: Mailbox = settings.from.parse().map_err(|_| {
            Failure::input(format!(
                "the sender `{}` cannot be used; write it like `Dualtrack <dualtrack@bank.example>`",
                settings.from
            ))
        })?;
        if settings.security == Security::None && settings.login.is_some() && !is_this_machine(&settings.host)
        {
            return Err(Failure::input(format!(
                "the password for the mail server `{}` would travel unencrypted; choose `starttls` or `tls`",
                settings.host
            )));
        }
        let tls = match settings.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(encryption(&settings.host, authorities)?),
        };
        Ok(Self { settings, from, tls })
    }

    /// Tries once.
    pub(super) fn send(
        &self,
        letter: Letter,
        address: &str,
        name: Option<&str>,
        language: Language,
        now: Timestamp,
    ) -> Delivered {
        let message = match mail::message(letter, &self.from, address, name, language, now) {
            Ok(message) => message,
            Err(why) => return Delivered::Never(why.into()),
        };
        let mut connection = match self.connect() {
            Ok(connection) => connection,
            Err(error) => return Delivered::Later(self.because("cannot be used", &error)),
        };
        let delivered = self.hand_over(&mut connection, &message);
        // Says goodbye; the mail is with the server already, or is not.
        connection.abort();
        delivered
    }

    /// A connection on which a mail can be handed over: encrypted and signed in as the settings say.
    fn connect(&self) -> Result<SmtpConnection, Error> {
        let Self { settings, tls, .. } = self;
        let us = ClientId::default();
        let server = (settings.host.as_str(), settings.port);
        let from_the_start = tls.as_ref().filter(|_| settings.security == Security::Tls);
        let mut connection = SmtpConnection::connect(server, Some(PATIENCE), &us, from_the_start, None)?;
        if let (Some(tls), Security::StartTls) = (tls, settings.security) {
            connection.starttls(tls, &us)?;
        }
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.reveal().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials)?;
        }
        Ok(connection)
    }

    fn hand_over(&self, connection: &mut SmtpConnection, message: &Message) -> Delivered {
        let envelope = message.envelope();
        let mut parameters = Vec::new();
        let ascii = |address: &Address| address.to_string().is_ascii();
        if !envelope.from().into_iter().chain(envelope.to()).all(ascii) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "the mail server takes no address with letters beyond ASCII; give another address";
                return Delivered::Never(why.into());
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if let Err(error) = connection.command(Mail::new(envelope.from().cloned(), parameters)) {
            return Delivered::Later(
                self.because("does not take mail from the sender in the settings", &error),
            );
        }
        for address in envelope.to() {
            if let Err(error) = connection.command(Rcpt::new(address.clone(), Vec::new())) {
                return self.refused("does not take the person's address", &error);
            }
        }
        let handed = connection.command(Data).and_then(|_| connection.message(&message.formatted()));
        match handed {
            Ok(_) => Delivered::Done,
            Err(error) => self.refused("did not take the mail", &error),
        }
    }

    /// Permanent by the server's word, unless it is a rule of the server (5.7: who may send, and what) or a login that it
    /// misses: those are set right by people who then expect their mail.
    fn refused(&self, what: &str, error: &Error) -> Delivered {
        let code = error.status().map(u16::from);
        let rule = error.source().is_some_and(|text| text.to_string().trim_start().starts_with("5.7."));
        let why = self.because(what, error);
        if error.is_permanent() && !rule && !matches!(code, Some(530 | 534 | 535 | 538)) {
            Delivered::Never(why)
        } else {
            Delivered::Later(why)
        }
    }

    /// One line on what went wrong, with what the server said, and without anybody's address.
    fn because(&self, what: &str, error: &Error) -> String {
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        let cause = match error.status() {
            Some(code) => format!("it answers {} {}", u16::from(code), said(&source)),
            None if timed_out(error) => "it did not answer within 10 seconds".to_owned(),
            None if error.is_tls() => format!("the encryption failed: {}", said(&source)),
            None => said(&source),
        };
        format!(
            "the mail server `{}:{}` {what}: {}",
            self.settings.host,
            self.settings.port,
            cause.trim_end()
        )
    }
}

/// Trusts the well-known authorities, or these certificates alone.
fn encryption(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, Failure> {
    let wrong = |error: &Error| {
        let why = error.source().map(ToString::to_string).unwrap_or_default();
        Failure::input(format!("the mail server `{host}` cannot be spoken to encrypted: {}", said(&why)))
    };
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        let certificate = Certificate::from_pem(pem).map_err(|error| wrong(&error))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build().map_err(|error| wrong(&error))
}

/// A read that took too long ends as `WouldBlock` on Linux, which lettre does not count as a time-out.
fn timed_out(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| matches!(cause.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::tests::notice;
    use super::*;

    fn settings(host: &str, security: Security) -> SmtpSettings {
        let login = Login { user: "dualtrack".into(), password: Secret::new("hunter2".into()) };
        SmtpSettings {
            host: host.into(),
            port: 25,
            security,
            login: Some(login),
            from: "Dualtrack <dualtrack@bank.example>".into(),
        }
    }

    #[test]
    fn a_password_does_not_travel_unencrypted_beyond_this_machine() {
        assert!(MailServer::new(settings("mail.bank.example", Security::None), None).is_err());
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(MailServer::new(settings(host, Security::None), None).is_ok(), "{host}");
        }
        for security in [Security::StartTls, Security::Tls] {
            assert!(MailServer::new(settings("mail.bank.example", security), None).is_ok());
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let printed = format!("{:?}", settings("mail.bank.example", Security::Tls));
        assert!(printed.contains("[secret]") && !printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn a_sender_that_cannot_be_written_is_refused() {
        for from in ["", "nobody", "a@b.example\r\nBcc: c@d.example", "<a@b.example"] {
            let settings = SmtpSettings { from: from.into(), ..settings("localhost", Security::None) };
            assert!(MailServer::new(settings, None).is_err(), "{from:?}");
        }
    }

    #[test]
    fn no_name_of_a_sender_breaks_the_writing() {
        for letter in (0..=0x300).chain(0x2000..=0x2100).filter_map(char::from_u32) {
            for from in [format!("Du{letter}al <a@b.example>"), format!("\"Du{letter}al\" <a@b.example>")] {
                let settings = SmtpSettings { from, ..settings("localhost", Security::None) };
                let Ok(server) = MailServer::new(settings, None) else { continue };
                let now = Timestamp::UNIX_EPOCH;
                let mail = mail::message(
                    Letter::of(&notice("n1"), Language::En),
                    &server.from,
                    "c@d.example",
                    None,
                    Language::En,
                    now,
                );
                let mail = String::from_utf8(mail.unwrap().formatted()).unwrap();
                assert!(
                    !mail.contains(|letter: char| letter.is_control() && letter != '\r' && letter != '\n')
                );
            }
        }
    }

    #[test]
    fn where_no_mail_server_listens_is_tried_again_in_one_line() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = SmtpSettings { port, ..settings("127.0.0.1", Security::None) };
        let server = MailServer::new(settings, None).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let came = server.send(
            Letter::of(&notice("n1"), Language::En),
            "owner@bank.example",
            None,
            Language::En,
            now,
        );
        let Delivered::Later(why) = came else { panic!("{came:?}") };
        assert!(why.starts_with("the mail server `127.0.0.1:") && why.lines().count() == 1, "{why}");
    }
}
