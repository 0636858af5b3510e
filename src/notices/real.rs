//! Against real counterparts on loopback: a mail server and a receiver of webhooks by others, started by
//! `tests/notices/run`, which also checks what arrived there. Without them these tests say that they did not run.

use std::io::Write as _;
use std::time::{Duration, Instant};

use dualtrack_catalogue::Language;
use jiff::SignedDuration;

use super::tests::notice;
use super::*;

/// What `tests/notices/run` says of the counterparts; none, said aloud, when a person runs the tests without them.
#[expect(clippy::disallowed_methods, reason = "the counterparts are named in the environment")]
fn named(variable: &str) -> Option<String> {
    if let Ok(value) = std::env::var(variable) {
        return Some(value);
    }
    let required = std::env::var("DUALTRACK_REQUIRE_NOTICES").is_ok_and(|value| value == "1");
    assert!(!required, "`{variable}` is not set; run tests/notices/run");
    let _ = writeln!(std::io::stderr(), "not run, since `{variable}` is not set: see tests/notices/run");
    None
}

/// The port of an address `127.0.0.1:PORT` that the environment names.
fn port(variable: &str) -> Option<u16> {
    Some(named(variable)?.rsplit_once(':').unwrap().1.parse().unwrap())
}

fn authorities() -> Option<Vec<u8>> {
    Some(std::fs::read(named("DUALTRACK_TEST_AUTHORITY")?).unwrap())
}

fn postman(port: u16, security: Security, password: Option<&str>, authorities: Option<Vec<u8>>) -> Postman {
    let login =
        password.map(|password| Login { user: "dualtrack".into(), password: Secret::new(password.into()) });
    let smtp = SmtpSettings {
        host: "localhost".into(),
        port,
        security,
        login,
        from: "Dualtrack <dualtrack@bank.example>".into(),
    };
    Postman::new(PostSettings { smtp: Some(smtp), allow_private: true, authorities }).unwrap()
}

fn person(address: &str, name: &str, language: Language) -> Target {
    Target::Mail { address: address.into(), name: Some(name.into()), language }
}

fn owner() -> Target {
    person("owner@bank.example", "A Person", Language::En)
}

#[track_caller]
fn later(came: &Delivered, expected: &str) {
    assert!(matches!(came, Delivered::Later(why) if why.contains(expected)), "{came:?}");
}

#[track_caller]
fn never(came: &Delivered, expected: &str) {
    assert!(matches!(came, Delivered::Never(why) if why.contains(expected)), "{came:?}");
}

#[test]
fn a_mail_server_takes_mails_in_both_languages_and_again() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let postman = postman(port, Security::None, None, None);
    let now = crate::now();
    let chinese = person("owner@bank.example", "陳大文", Language::ZhHant);
    assert_eq!(postman.deliver(&notice("mail-en"), &owner(), now), Delivered::Done);
    assert_eq!(postman.deliver(&notice("mail-zh"), &chinese, now), Delivered::Done);
    let again = now + SignedDuration::from_secs(5);
    assert_eq!(postman.deliver(&notice("mail-en"), &owner(), again), Delivered::Done);
}

#[test]
fn a_mail_server_takes_several_notices_in_one_mail() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let postman = postman(port, Security::None, None, None);
    let several = [notice("mail-one"), notice("mail-two")];
    let address = ("owner@bank.example", Language::ZhHant);
    assert_eq!(postman.deliver_together(&several, address, crate::now()), Delivered::Done);
}

#[test]
fn a_line_break_in_a_name_or_a_title_reaches_nobody_else() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let evil = "Evil\r\nBcc: everyone@bank.example\r\n\r\n.\r\nRCPT TO:<everyone@bank.example>\r\n";
    let mut notice = notice("mail-evil");
    notice.title.en = evil.into();
    notice.about = evil.into();
    let target = person("owner@bank.example", evil, Language::En);
    let came = postman(port, Security::None, None, None).deliver(&notice, &target, crate::now());
    assert_eq!(came, Delivered::Done);
}

#[test]
fn a_line_that_is_a_full_stop_does_not_end_the_mail() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let mut notice = notice("mail-stop");
    notice.title.en = ".".into();
    let came = postman(port, Security::None, None, None).deliver(&notice, &owner(), crate::now());
    assert_eq!(came, Delivered::Done);
}

#[test]
fn what_a_mail_server_refuses_for_good_is_not_tried_again_and_what_for_now_is() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let postman = postman(port, Security::None, None, None);
    let told =
        |address| postman.deliver(&notice("mail-no"), &person(address, "X", Language::En), crate::now());
    never(&told("unknown@bank.example"), "550");
    later(&told("greylisted@bank.example"), "451");
    later(&told("rule@bank.example"), "554 5.7.1");
    never(&told("content@bank.example"), "did not take the mail: it answers 554");
    let Delivered::Never(why) = told("unknown@bank.example") else { panic!() };
    assert!(!why.contains("unknown@"), "{why}");
}

#[test]
fn a_mail_goes_encrypted_and_signed_in_when_the_settings_say_so() {
    let (Some(starttls), Some(tls)) = (port("DUALTRACK_TEST_SMTP_TLS"), port("DUALTRACK_TEST_SMTPS")) else {
        return;
    };
    let password = named("DUALTRACK_TEST_SMTP_PASSWORD").unwrap();
    let starttls = postman(starttls, Security::StartTls, Some(&password), authorities());
    assert_eq!(starttls.deliver(&notice("mail-starttls"), &owner(), crate::now()), Delivered::Done);
    let tls = postman(tls, Security::Tls, None, authorities());
    assert_eq!(tls.deliver(&notice("mail-tls"), &owner(), crate::now()), Delivered::Done);
}

#[test]
fn a_wrong_password_is_ours_to_mend_and_tried_again() {
    let Some(port) = port("DUALTRACK_TEST_SMTP_TLS") else { return };
    let postman = postman(port, Security::StartTls, Some("wrong"), authorities());
    later(&postman.deliver(&notice("mail-wrong"), &owner(), crate::now()), "535");
}

#[test]
fn a_mail_server_that_nobody_vouches_for_gets_no_mail() {
    let Some(port) = port("DUALTRACK_TEST_SMTP_TLS") else { return };
    let postman = postman(port, Security::StartTls, Some("unsaid"), None);
    later(&postman.deliver(&notice("mail-unvouched"), &owner(), crate::now()), "certificate");
}

#[test]
fn a_mail_server_that_cannot_encrypt_gets_no_mail_where_encryption_is_asked() {
    let Some(port) = port("DUALTRACK_TEST_SMTP") else { return };
    let postman = postman(port, Security::StartTls, None, authorities());
    later(&postman.deliver(&notice("mail-unencrypted"), &owner(), crate::now()), "STARTTLS");
}

#[test]
fn a_mail_server_that_says_nothing_is_left_after_ten_seconds() {
    let Some(_) = named("DUALTRACK_TEST_SMTP") else { return };
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let postman = postman(listener.local_addr().unwrap().port(), Security::None, None, None);
    let started = Instant::now();
    later(&postman.deliver(&notice("mail-silent"), &owner(), crate::now()), "within 10 seconds");
    assert!(started.elapsed() < Duration::from_secs(15));
}

/// The receiver, and the two secrets it knows: the newer first.
fn receiver() -> Option<(String, Vec<SigningSecret>)> {
    let base = named("DUALTRACK_TEST_WEBHOOK")?;
    let secrets = named("DUALTRACK_TEST_WEBHOOK_SECRETS").unwrap();
    let secrets = secrets.split(' ').map(|secret| SigningSecret::parse(secret).unwrap()).collect();
    Some((base, secrets))
}

fn hook(base: &str, path: &str, secrets: &[SigningSecret]) -> Target {
    Target::Webhook { url: format!("{base}{path}"), secrets: secrets.to_vec() }
}

fn local(authorities: Option<Vec<u8>>) -> Postman {
    Postman::new(PostSettings { smtp: None, allow_private: true, authorities }).unwrap()
}

#[test]
fn a_receiver_verifies_a_webhook_and_its_replay() {
    let Some((base, secrets)) = receiver() else { return };
    let (postman, now) = (local(None), crate::now());
    let target = hook(&base, "/ok", &secrets[..1]);
    assert_eq!(postman.deliver(&notice("hook-ok"), &target, now), Delivered::Done);
    let again = now + SignedDuration::from_secs(7);
    assert_eq!(postman.deliver(&notice("hook-ok"), &target, again), Delivered::Done);
}

#[test]
fn during_a_rotation_the_receiver_verifies_with_either_secret() {
    let Some((base, secrets)) = receiver() else { return };
    for path in ["/ok", "/old"] {
        let came = local(None).deliver(&notice("hook-rotated"), &hook(&base, path, &secrets), crate::now());
        assert_eq!(came, Delivered::Done, "{path}");
    }
}

#[test]
fn a_webhook_signed_with_another_secret_or_long_ago_is_refused_by_the_receiver() {
    let Some((base, secrets)) = receiver() else { return };
    let stranger = [SigningSecret::make().unwrap()];
    never(&local(None).deliver(&notice("hook-forged"), &hook(&base, "/ok", &stranger), crate::now()), "401");
    let long_ago = crate::now() - SignedDuration::from_mins(6);
    never(&local(None).deliver(&notice("hook-stale"), &hook(&base, "/ok", &secrets), long_ago), "401");
}

#[test]
fn what_the_receiver_answers_decides_whether_it_is_tried_again() {
    let Some((base, secrets)) = receiver() else { return };
    let told = |path| local(None).deliver(&notice("hook-status"), &hook(&base, path, &secrets), crate::now());
    later(&told("/500"), "500");
    later(&told("/429"), "429");
    never(&told("/410"), "410");
    never(&told("/404"), "404");
    for path in ["/redirect/302", "/redirect/307", "/redirect/308"] {
        later(&told(path), "not followed");
    }
}

#[test]
fn a_receiver_that_is_slow_or_never_ends_is_left_after_ten_seconds() {
    let Some((base, secrets)) = receiver() else { return };
    std::thread::scope(|scope| {
        for (path, done) in
            [("/slow", false), ("/drip-head", false), ("/drip-body", true), ("/endless", true)]
        {
            let target = hook(&base, path, &secrets);
            scope.spawn(move || {
                let started = Instant::now();
                let came = local(None).deliver(&notice("hook-slow"), &target, crate::now());
                assert_eq!(came == Delivered::Done, done, "{path}: {came:?}");
                assert!(started.elapsed() < Duration::from_secs(13), "{path}: {:?}", started.elapsed());
            });
        }
    });
}

#[test]
fn a_receiver_is_called_encrypted_only_where_somebody_vouches_for_it() {
    let Some((_, secrets)) = receiver() else { return };
    let base = named("DUALTRACK_TEST_WEBHOOK_TLS").unwrap();
    let told = |authorities| {
        local(authorities).deliver(&notice("hook-tls"), &hook(&base, "/ok", &secrets), crate::now())
    };
    later(&told(None), "certificate");
    assert_eq!(told(authorities()), Delivered::Done);
}

#[test]
fn a_receiver_on_this_machine_is_not_called_unless_that_is_allowed() {
    let Some((base, secrets)) = receiver() else { return };
    let postman = Postman::new(PostSettings::default()).unwrap();
    never(
        &postman.deliver(&notice("hook-barred"), &hook(&base, "/ok", &secrets), crate::now()),
        "allow_private",
    );
}
