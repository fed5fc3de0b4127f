//! People at a desk: the first set-up, signing in, sessions, tabs.

use super::office::{self, Writer};
use super::random::Random;
use super::tables::{Result, Tables};
use super::{
    Account, Credentials, Desk, Device, DeviceKind, FirstSteps, Hash, Life, Seed, Session, SignedIn, StoreError, grants, recovery, units,
};
use domain::id::{AreaId, DeviceId, PersonId};
use domain::operation::Kind;
use domain::person::{Person, Role};
use domain::time::{Date, Time};
use domain::unit::{Level, Unit};

/// See [`super::Store::life`].
pub fn life(t: &mut dyn Tables) -> Result<Life> {
    Ok(Life { epoch: t.epoch()?, set_up: !t.logins()?.is_empty(), recovery: t.recovery_key()? })
}

/// See [`super::Store::set_up`]. All of it is one writer's doing, like an import.
pub fn set_up(t: &mut dyn Tables, first: FirstSteps, now: Time, seed: Seed) -> Result<PersonId> {
    if life(t)?.set_up {
        return Err(StoreError::Taken("server"));
    }
    let mut random = Random::new(seed);
    let mut id = || random.id(now);
    let ((a, b), (c, d), (e, f), (g, h), (i, j)) = (id(), id(), id(), id(), id());
    let (province, commune, device) = (AreaId::new(a, b), AreaId::new(c, d), DeviceId::new(e, f));
    let (admin, officer) = (PersonId::new(g, h), PersonId::new(i, j));
    let unit = |id, parent, level, name: String| Unit {
        id,
        parent,
        level,
        name,
        code: String::new(),
        from: Date::MIN,
        to: None,
        succession: None,
        former: Vec::new(),
    };
    let mut writer = Writer::begin(t, &mut random, new_device(device, admin, DeviceKind::Once, now), now)?;
    // The province's record lives with the commune that first needed it.
    let home = office::roll_of(commune);
    office::put_unit(&mut writer, home, None, &unit(province, None, Level::Province, first.province))?;
    office::put_unit(&mut writer, home, None, &unit(commune, Some(province), Level::Commune, first.commune))?;
    for (id, role, Desk { name, account }) in [(admin, Role::Admin, first.admin), (officer, Role::Officer, first.officer)] {
        office::put_state(
            &mut writer,
            home,
            Kind::Person,
            id.into(),
            None,
            &Person { id, name, sort: String::new(), role, unit: commune, left: false },
        )?;
        office::put_login(writer.t, id, &account)?;
    }
    writer.end()?;
    if let Some(key) = first.recovery {
        recovery::make(t, key, now)?;
    }
    Ok(admin)
}

/// See [`super::Store::credentials`].
pub fn credentials(t: &mut dyn Tables, login: &str) -> Result<Credentials> {
    let (person, account) = t.account(login)?.ok_or(StoreError::NotFound)?;
    working(t, person)?;
    Ok(Credentials { person, account })
}

/// See [`super::Upkeep::new_passphrase`].
pub fn new_passphrase(t: &mut dyn Tables, login: String, hash: String) -> Result<()> {
    let Credentials { person, .. } = credentials(t, &login)?;
    office::put_login(t, person, &Account { login, hash })
}

/// See [`super::Store::session`].
pub fn session(t: &mut dyn Tables, token: &Hash, now: Time) -> Result<SignedIn> {
    let (person, expires) = t.session(token)?.ok_or(StoreError::NotFound)?;
    if now >= expires {
        return Err(StoreError::NotFound);
    }
    let mut person = working(t, person)?;
    let unit = units::workplace(t, person.unit)?;
    person.unit = unit.as_ref().map_or(person.unit, |unit| unit.id);
    let unit_name = unit.map(|unit| unit.name).unwrap_or_default();
    Ok(SignedIn { person, unit_name })
}

/// See [`super::Store::session`]. Looked up and written in one transaction, beside which nobody signs out.
pub fn change_session(t: &mut dyn Tables, token: &Hash, what: Session, now: Time) -> Result<SignedIn> {
    if let Session::Begin(person, until) = what {
        t.delete_sessions_until(now)?;
        t.put_session(token, person, until)?;
    }
    let who = session(t, token, now)?;
    match what {
        Session::Extend(until) => t.put_session(token, who.person.id, until)?,
        Session::End => t.delete_session(token)?,
        Session::Begin(..) | Session::Keep => {}
    }
    Ok(who)
}

/// See [`super::Store::tab`].
pub fn tab(t: &mut dyn Tables, id: DeviceId, person: PersonId, now: Time) -> Result<()> {
    match t.device(id)? {
        None => t.put_device(&new_device(id, person, DeviceKind::Tab, now)),
        Some(device) if device.person == person && device.kind == DeviceKind::Tab => Ok(()),
        Some(_) => Err(StoreError::Taken("device")),
    }
}

/// A device that has written nothing yet.
pub const fn new_device(id: DeviceId, person: PersonId, kind: DeviceKind, now: Time) -> Device {
    Device {
        id,
        person,
        kind,
        have: 0,
        enrolled_at: now,
        seen_at: None,
        revoked: None,
        told_at: None,
        destroyed_at: None,
        report: None,
        continues: None,
        redacted: None,
    }
}

/// Somebody who works here.
pub fn working(t: &mut dyn Tables, id: PersonId) -> Result<Person> {
    let person: Option<Person> = t.record(id.into())?.as_ref().and_then(grants::state);
    person.filter(|person| !person.left).ok_or(StoreError::NotFound)
}
