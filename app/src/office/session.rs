//! Who is signed in, in which tab, and every word with the server.

use crate::browser::{self, Body, Method, NoAnswer, Upload};
use crate::words::Office;
use app::phone::settings::Settings;
use app::platform::random;
use app::platform::time::now;
use app::words::shared::Shared;
use domain::code::Lang;
use domain::id::DeviceId;
use domain::office::{Me, Tab, Write, Written};
use domain::person::{Action, Reach};
use domain::time::Date;
use domain::wire::{Refusal, RefusalCode};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The session of this tab, given to every page as context.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who is signed in; `None` at the door.
    pub me: RwSignal<Option<Me>>,
    /// The server asked for the passphrase again while somebody was at work. The page stays as it is.
    pub expired: RwSignal<bool>,
    /// How many wait in quarantine for this role.
    pub waiting: RwSignal<u32>,
    /// Of how many households somebody of this role has to decide between two values.
    pub disputed: RwSignal<u32>,
    /// How many pairs of households may be one.
    pub twins: RwSignal<u32>,
    /// How many phones ask to be opened.
    pub reopen: RwSignal<u32>,
    /// There is no recovery key, so nobody can be enrolled.
    pub no_key: RwSignal<bool>,
    /// Language, colours, size of letters.
    pub settings: RwSignal<Settings>,
    writers: StoredValue<Writers>,
    /// The latest requests that were refused or got no answer: route and code, without what was asked.
    faults: StoredValue<Vec<String>>,
}

/// This tab as a device with a gapless sequence of its own.
struct Writer {
    device: DeviceId,
    registered: bool,
    /// The last number that the server confirmed.
    seq: u64,
}

impl Writer {
    fn new() -> Self {
        Self { device: new_id(DeviceId::new), registered: false, seq: 0 }
    }
}

/// The devices of this tab that nothing is on its way from: a sequence has one change at a time, so what is sent meanwhile has
/// another device.
#[derive(Default)]
struct Writers {
    /// Every change of theirs was answered.
    idle: Vec<Writer>,
    /// The change whose answer was lost: the server may have it or not. Nothing else is sent under its number.
    unclear: Vec<(String, Writer)>,
}

impl Writers {
    /// The device that a change goes out from: the one that sent it before, else one that is free, else a new one.
    fn take(&mut self, change: &str) -> Writer {
        match self.unclear.iter().position(|(sent, _)| sent == change) {
            Some(at) => self.unclear.swap_remove(at).1,
            None => self.idle.pop().unwrap_or_else(Writer::new),
        }
    }
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer came; it may have been done or not. Asking again is safe.
    NoAnswer,
    /// An answer that this build cannot read.
    Unclear,
    /// The server said no, and why.
    Refused(Refusal),
}

impl From<NoAnswer> for Fault {
    fn from(NoAnswer: NoAnswer) -> Self {
        Self::NoAnswer
    }
}

impl Fault {
    /// The code of a refusal.
    pub fn code(&self) -> Option<RefusalCode> {
        if let Self::Refused(refusal) = self { Some(refusal.code) } else { None }
    }
}

/// Where the API begins.
const API: &str = "/api/v1/";

impl Session {
    /// Nobody is signed in yet.
    pub fn new() -> Self {
        Self {
            me: RwSignal::new(None),
            expired: RwSignal::new(false),
            waiting: RwSignal::new(0),
            disputed: RwSignal::new(0),
            twins: RwSignal::new(0),
            reopen: RwSignal::new(0),
            no_key: RwSignal::new(false),
            settings: RwSignal::new(Settings::load()),
            writers: StoredValue::new(Writers::default()),
            faults: StoredValue::new(Vec::new()),
        }
    }

    /// Somebody is signed in now. Another person is another device.
    pub fn begin(self, me: Me) {
        self.waiting.set(me.waiting);
        self.disputed.set(me.disputed);
        self.twins.set(me.twins);
        self.reopen.set(me.reopen);
        self.no_key.set(me.no_recovery_key);
        let same = self.me.with_untracked(|old| old.as_ref().is_some_and(|old| old.person.id == me.person.id));
        if !same {
            self.writers.set_value(Writers::default());
            self.me.set(Some(me));
        }
        self.expired.set(false);
    }

    /// Whether the present role may do this at all. Which areas it may reach is the server's to know.
    pub fn may(self, action: Action) -> bool {
        self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.person.role.may(action) != Reach::No))
    }

    /// Reads something.
    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, Fault> {
        self.ask(Method::Get, path, Body::Empty).await
    }

    /// Reads what these words find. They are in no address.
    pub async fn find<T: DeserializeOwned>(self, path: &str, sought: &str) -> Result<T, Fault> {
        self.ask(Method::Get, path, Body::Words(sought)).await
    }

    /// Saves what these words find as a file.
    pub async fn save_found(self, path: &str, sought: &str, name: &str) -> Result<(), Fault> {
        self.understand(browser::save_found(&format!("{API}{path}"), sought, name).await?)
    }

    /// Asks for something to be done that needs no number: sign in, issue a code, revoke.
    pub async fn post<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, Fault> {
        self.ask(Method::Post, path, json(body)?).await
    }

    /// Sends a file with fields.
    pub async fn post_file<T: DeserializeOwned>(self, path: &str, file: &Upload, fields: Vec<(&'static str, String)>) -> Result<T, Fault> {
        self.ask(Method::Post, path, Body::Form(file, fields)).await
    }

    /// Ends the session and loads the office anew, so that nothing of it is left in this tab.
    pub async fn end(self) -> Result<(), Fault> {
        self.ask::<()>(Method::Delete, "session", Body::Empty).await?;
        browser::restart();
        Ok(())
    }

    /// Changes something, once, however often it is pressed: a change whose answer was lost is sent again under its old
    /// number, and any other change goes out from another device of the tab, so that no number is used twice.
    pub async fn write(self, path: &str, seen: u64, value: &impl Serialize) -> Result<(), Fault> {
        self.change::<serde_json::Value>(path, seen, value, |_, last| last + 1).await.map(|_| ())
    }

    /// Like [`Self::write`], and returns what stands afterwards.
    pub async fn write_and_read<R: DeserializeOwned>(self, path: &str, seen: u64, value: &impl Serialize) -> Result<R, Fault> {
        self.change(path, seen, value, |_, last| last + 1).await
    }

    /// Like [`Self::write`], for something new that the server may store as several operations: its reply says the tab's
    /// last number.
    pub async fn write_several(self, path: &str, value: &impl Serialize) -> Result<(), Fault> {
        self.change::<Written>(path, 0, value, |written, _| written.seq).await.map(|_| ())
    }

    async fn change<R: DeserializeOwned>(
        self,
        path: &str,
        seen: u64,
        value: &impl Serialize,
        confirmed: fn(&R, u64) -> u64,
    ) -> Result<R, Fault> {
        let value = serde_json::to_value(value).map_err(|_| Fault::Unclear)?;
        let change = format!("{path} {seen} {value}");
        let me = || self.me.with_untracked(|me| me.as_ref().map(|me| me.person.id));
        let by = me();
        let mut writer = self.writers.try_update_value(|all| all.take(&change)).unwrap_or_else(Writer::new);
        let write = Write { device: writer.device, seq: writer.seq + 1, seen, value };
        let reply = self.send(path, &mut writer, write, confirmed).await;
        // A device of somebody who has left the desk meanwhile is of no use to the next one.
        if me() == by {
            self.writers.update_value(|all| match &reply {
                Err(Fault::NoAnswer | Fault::Unclear) => all.unclear.push((change, writer)),
                Err(Fault::Refused(refusal)) => match refusal.code {
                    // Nothing was looked at: what an earlier try came to is not known.
                    RefusalCode::SignIn | RefusalCode::Busy | RefusalCode::TooMany | RefusalCode::Broken => {
                        all.unclear.push((change, writer));
                    }
                    // It may be the number that is: an earlier try was stored, and the answer did not come.
                    RefusalCode::Stale => {}
                    _ => all.idle.push(writer),
                },
                Ok(_) => all.idle.push(writer),
            });
        }
        reply
    }

    async fn send<R: DeserializeOwned>(
        self,
        path: &str,
        writer: &mut Writer,
        change: Write<serde_json::Value>,
        confirmed: fn(&R, u64) -> u64,
    ) -> Result<R, Fault> {
        if !writer.registered {
            let () = self.post("tab", &Tab { device: writer.device }).await?;
            writer.registered = true;
        }
        let reply: R = self.post(path, &change).await?;
        writer.seq = confirmed(&reply, writer.seq);
        Ok(reply)
    }

    /// What went wrong in this tab, the latest last.
    pub fn faults(self) -> Vec<String> {
        self.faults.get_value()
    }

    async fn ask<T: DeserializeOwned>(self, method: Method, path: &str, body: Body<'_>) -> Result<T, Fault> {
        let reply = self.asked(method, path, body).await;
        if let Err(fault) = &reply {
            let noted = format!("{} {}: {}", name(method), template(path), code(fault));
            self.faults.try_update_value(|faults| {
                faults.push(noted);
                let old = faults.len().saturating_sub(FAULTS);
                faults.drain(..old);
            });
        }
        reply
    }

    async fn asked<T: DeserializeOwned>(self, method: Method, path: &str, body: Body<'_>) -> Result<T, Fault> {
        self.understand(browser::request(method, &format!("{API}{path}"), body).await?)
    }

    fn understand<T: DeserializeOwned>(self, answer: browser::Answer) -> Result<T, Fault> {
        if (200..300).contains(&answer.status) {
            let text = if answer.body.is_empty() { "null" } else { &answer.body };
            return serde_json::from_str(text).map_err(|_| Fault::Unclear);
        }
        // A proxy on the way speaks no JSON: then it is as if nothing had come.
        let refusal: Refusal = serde_json::from_str(&answer.body).map_err(|_| Fault::NoAnswer)?;
        if refusal.code == RefusalCode::SignIn && self.me.with_untracked(Option::is_some) {
            self.expired.set(true);
        }
        Err(Fault::Refused(refusal))
    }
}

/// How many faults a tab remembers.
const FAULTS: usize = 20;

const fn name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    }
}

/// The route without ids, secrets and what was searched for.
fn template(path: &str) -> String {
    let route = path.split('?').next().unwrap_or_default();
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '.')) || part.is_empty();
    route.split('/').map(|part| if plain(part) { part } else { "{}" }).collect::<Vec<_>>().join("/")
}

fn code(fault: &Fault) -> String {
    match fault {
        Fault::NoAnswer => "no_answer".to_owned(),
        Fault::Unclear => "unclear".to_owned(),
        Fault::Refused(refusal) => {
            serde_json::to_value(refusal.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
        }
    }
}

fn json(body: &impl Serialize) -> Result<Body<'static>, Fault> {
    serde_json::to_string(body).map(Body::Json).map_err(|_| Fault::Unclear)
}

/// An id for something new.
pub fn new_id<T>(make: fn(u64, [u8; 10]) -> T) -> T {
    make(now().0.unsigned_abs(), random::bytes())
}

/// Today, in Viet Nam.
pub fn today() -> Date {
    now().date()
}

/// The session of this tab. To be asked while a view is made, not later: an event knows no context.
pub fn session() -> Session {
    use_context().unwrap_or_else(Session::new)
}

/// The language of the reader. Not reactive: when it changes, the pages are made anew.
pub fn lang() -> Lang {
    session().settings.with_untracked(|settings| settings.lang)
}

/// The office's words.
pub fn words() -> &'static Office {
    Office::of(lang())
}

/// The words of both apps.
pub fn shared() -> &'static Shared {
    Shared::of(lang())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_report_names_routes_and_nothing_else() {
        for (path, route) in [
            ("households?village=018f3c1e", "households"),
            ("people/018f3c1e-0000-7000-8000-000000000001/code", "people/{}/code"),
            ("setup/0F3A", "setup/{}"),
            ("visits/export.csv", "visits/export.csv"),
        ] {
            assert_eq!(template(path), route);
        }
    }
}
