//! A disk that fails, now and then or for good: what was refused stays refused, what has happened is not forgotten, and nobody else comes in meanwhile.
use super::file::{NOW, entry, place};
use mmscope::event::EntryState;
use mmscope::lock::Lock;
use mmscope::outbox::{Disk, Entry, Failure, Outbox, Refusal, Store, StoreError};
use redb::StorageBackend;
use redb::backends::FileBackend;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A disk that can fill up, and one whose writes arrive while its fsync says that they did not. What is on it is there for whoever opens it again.
#[derive(Clone, Debug, Default)]
struct Failing {
    octets: Arc<Mutex<Vec<u8>>>,
    writes: Arc<AtomicBool>,
    syncs: Arc<AtomicBool>,
    /// So many calls of fsync still succeed before they begin to fail.
    syncs_left: Arc<AtomicUsize>,
}

impl Failing {
    /// Whether writes fail, and whether fsync does.
    fn fails(&self, writes: bool, syncs: bool) {
        self.writes.store(writes, Ordering::Relaxed);
        self.syncs.store(syncs, Ordering::Relaxed);
        self.syncs_left.store(0, Ordering::Relaxed);
    }

    /// fsync fails after so many that succeed.
    fn syncs_fail_after(&self, left: usize) {
        self.syncs.store(true, Ordering::Relaxed);
        self.syncs_left.store(left, Ordering::Relaxed);
    }

    fn check(fails: &AtomicBool) -> io::Result<()> {
        match fails.load(Ordering::Relaxed) {
            true => Err(io::Error::from(io::ErrorKind::StorageFull)),
            false => Ok(()),
        }
    }

    fn store(&self) -> Disk {
        let again = self.clone();
        Disk::on_backend("outbox.redb", move || again.clone()).unwrap()
    }

    fn outbox(&self) -> Outbox {
        Outbox::open(self.store(), NOW).unwrap()
    }

    /// What the next session would find, were the power gone now.
    fn next_session(&self) -> Vec<Entry> {
        let copy = Self::default();
        *copy.octets.lock().unwrap() = self.octets.lock().unwrap().clone();
        copy.store().load().unwrap()
    }
}

impl StorageBackend for Failing {
    fn len(&self) -> io::Result<u64> {
        Ok(self.octets.lock().unwrap().len() as u64)
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let octets = self.octets.lock().unwrap();
        let from = offset as usize;
        out.copy_from_slice(&octets[from..from + out.len()]);
        Ok(())
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        Self::check(&self.writes)?;
        self.octets.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }
    fn sync_data(&self) -> io::Result<()> {
        let spend = |left: usize| left.checked_sub(1);
        let spent = self
            .syncs_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend);
        spent.map(drop).or_else(|_| Self::check(&self.syncs))
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        Self::check(&self.writes)?;
        let from = offset as usize;
        self.octets.lock().unwrap()[from..from + data.len()].copy_from_slice(data);
        Ok(())
    }
}

fn begin(e: &mut Entry) -> Result<(), Refusal> {
    e.begin(NOW);
    Ok(())
}

#[test]
fn a_full_disk_refuses_a_change_loses_nothing_and_goes_on_once_there_is_room() {
    let disk = Failing::default();
    let again = disk.clone();
    let store = Disk::on_backend("outbox.redb", move || again.clone()).unwrap();
    let outbox = Outbox::open(store, NOW).unwrap();
    outbox
        .add(vec![(entry("T1"), Some(vec![1; 4000]))])
        .unwrap();
    outbox.change(1, |e| e.queue(NOW)).unwrap();
    disk.fails(true, true);
    // Each time, and not only the first time, the place, the reason and the remedy.
    for _ in 0..3 {
        let refused = outbox.change(1, |e| {
            e.begin(NOW);
            Ok::<(), Refusal>(())
        });
        let Err(Failure::Store(StoreError::Unwritable { .. })) = &refused else {
            panic!("{refused:?}");
        };
        let says = refused.unwrap_err().to_string();
        let reason = io::Error::from(io::ErrorKind::StorageFull).to_string();
        for part in ["outbox.redb", &reason, "Make room"] {
            assert!(says.contains(part), "no {part} in: {says}");
        }
        assert_eq!(
            outbox.get(1).unwrap().state,
            EntryState::Queued,
            "as on the disk"
        );
        let added = outbox.add(vec![(entry("T2"), Some(vec![2; 400_000]))]);
        assert!(added.is_err());
        assert_eq!(outbox.all().len(), 1, "nothing half taken in");
    }
    disk.fails(false, false);
    assert_eq!(
        outbox.octets(1).unwrap(),
        Some(vec![1; 4000]),
        "it is read without starting again"
    );
    let added = outbox.add(vec![(entry("T3"), Some(vec![3; 10]))]).unwrap();
    assert_eq!(added[0].id, 2);
    drop(outbox);
    let store = Disk::on_backend("outbox.redb", move || disk.clone()).unwrap();
    let outbox = Outbox::open(store, NOW).unwrap();
    assert_eq!(outbox.octets(2).unwrap(), Some(vec![3; 10]));
    assert_eq!(outbox.queued(), [1]);
}

/// The commit is on the disk, and the fsync behind it says that it is not: the person was told that nothing was taken in, and nothing may go out later.
#[test]
fn what_was_refused_is_never_found_as_queued_however_the_disk_failed() {
    let mut stood = 0;
    for left in 0..4 {
        let disk = Failing::default();
        let outbox = disk.outbox();
        outbox.add(vec![(entry("T1"), None)]).unwrap();
        disk.syncs_fail_after(left);
        let mut two = entry("T2");
        two.state = EntryState::Queued;
        if outbox.add(vec![(two, Some(vec![2; 400]))]).is_ok() {
            // Later than that, nothing of it is left to fail.
            continue;
        }
        stood += usize::from(disk.next_session().len() == 2);
        assert_eq!(outbox.all().len(), 1, "refused");
        disk.fails(false, false);
        // The session goes on, or ends here: either way the next one does not find it.
        if left % 2 == 0 {
            outbox.change(1, |e| e.queue(NOW)).unwrap();
        } else {
            drop(outbox);
        }
        let found = disk.next_session();
        let ids: Vec<&str> = found.iter().map(|e| e.transaction_id.as_str()).collect();
        assert_eq!(ids, ["T1"], "after {left} calls of fsync");
    }
    assert!(stood > 0, "in no case was the commit on the disk");
}

/// Where it fails only once, it is out of the disk before the refusal is told.
#[test]
fn a_refusal_is_certain_as_soon_as_it_is_told_where_the_disk_comes_back() {
    let disk = Failing::default();
    let outbox = disk.outbox();
    outbox.add(vec![(entry("T1"), None)]).unwrap();
    outbox.change(1, |e| e.queue(NOW)).unwrap();
    disk.fails(false, true);
    let refused = outbox.change(1, begin).unwrap_err().to_string();
    assert!(
        refused.contains("whether what was just refused"),
        "{refused}"
    );
    disk.fails(false, false);
    // The one failure that only one call sees.
    disk.syncs_fail_after(usize::MAX);
    outbox.change(1, begin).unwrap();
    assert_eq!(disk.next_session()[0].state, EntryState::Sending);
}

/// What the MMSC has said is true, whatever the disk does.
#[test]
fn what_has_happened_counts_at_once_and_is_written_once_there_is_room() {
    let disk = Failing::default();
    let outbox = disk.outbox();
    outbox
        .add(vec![(entry("T1"), None), (entry("T2"), None)])
        .unwrap();
    outbox.change(1, |e| e.queue(NOW)).unwrap();
    outbox.change(1, begin).unwrap();
    disk.fails(true, true);
    let noted = outbox.note(1, |e| e.state = EntryState::Accepted).unwrap();
    let says = noted.unwritten.unwrap().to_string();
    assert!(says.contains("Make room"), "{says}");
    assert_eq!(outbox.get(1).unwrap().state, EntryState::Accepted);
    assert_eq!(disk.next_session()[0].state, EntryState::Sending);
    disk.fails(false, false);
    outbox.change(2, |e| e.queue(NOW)).unwrap();
    let states: Vec<EntryState> = disk.next_session().iter().map(|e| e.state).collect();
    assert_eq!(states, [EntryState::Accepted, EntryState::Queued]);
}

/// Two messages are told about while the disk is away, and one after a look at the octets has failed: neither is lost, and nobody else is blamed.
#[test]
fn all_that_has_happened_while_the_disk_was_away_is_written_once_it_is_back() {
    for looked in [false, true] {
        let (_folder, file) = place();
        let faulty = Arc::new(AtomicBool::new(false));
        let flag = faulty.clone();
        let disk = Disk::open_through(&file, Duration::ZERO, move |on| Faulty(on, flag.clone()));
        let outbox = Outbox::open(disk.unwrap(), NOW).unwrap();
        let octets = Some(vec![1; 4000]);
        let three = ["T1", "T2", "T3"].map(|id| (entry(id), octets.clone()));
        outbox.add(three.to_vec()).unwrap();
        faulty.store(true, Ordering::Relaxed);
        if looked {
            let _ = outbox.octets(3);
        }
        for id in [1, 2] {
            let noted = outbox.note(id, |e| e.state = EntryState::Accepted).unwrap();
            assert!(noted.unwritten.is_some());
        }
        faulty.store(false, Ordering::Relaxed);
        let queued = outbox.change(3, |e| e.queue(NOW));
        assert!(queued.is_ok(), "{}", queued.unwrap_err());
        drop(outbox);
        let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap();
        let states: Vec<EntryState> = outbox.all().iter().map(|e| e.state).collect();
        let accepted = EntryState::Accepted;
        assert_eq!(states, [accepted, accepted, EntryState::Queued], "{looked}");
    }
}

/// What is shown and what would go out are one message: new octets never stay under the old text, nor old ones under a new entry of the same number.
#[test]
fn octets_of_a_change_that_was_refused_never_go_out() {
    let mut stood = 0;
    for before in [Some(vec![1; 400]), None] {
        for left in 0..4 {
            let disk = Failing::default();
            let outbox = disk.outbox();
            let two = vec![(entry("T1"), before.clone()), (entry("T2"), None)];
            outbox.add(two).unwrap();
            disk.syncs_fail_after(left);
            let changed = outbox.replace(1, Some(&[2; 400]), |e| {
                "another text".clone_into(&mut e.text);
                Ok::<(), Refusal>(())
            });
            if changed.is_ok() {
                continue;
            }
            let on_the_disk = disk.next_session()[0].text == "another text";
            stood += usize::from(on_the_disk);
            let _ = outbox.add(vec![(entry("T3"), Some(vec![3; 400]))]);
            assert_eq!(outbox.octets(1).unwrap(), before, "while in doubt");
            disk.fails(false, false);
            // What comes next changes this one, or another.
            outbox
                .change(1 + left as u64 % 2, |e| e.queue(NOW))
                .unwrap();
            outbox.add(vec![(entry("T4"), None)]).unwrap();
            drop(outbox);
            let outbox = disk.outbox();
            assert_eq!(outbox.get(1).unwrap().text, "a text");
            assert_eq!(outbox.octets(1).unwrap(), before, "after {left}");
            assert_eq!(outbox.octets(3).unwrap(), None, "after {left}");
        }
    }
    assert!(stood > 0, "in no case was the commit on the disk");
}

/// Told that it could not be forgotten, the person finds it whole, here and in the next session.
#[test]
fn one_whose_forgetting_was_refused_is_there_with_its_octets() {
    let mut gone = 0;
    for left in 0..4 {
        let disk = Failing::default();
        let outbox = disk.outbox();
        let two = vec![(entry("T1"), Some(vec![1; 99])), (entry("T2"), None)];
        outbox.add(two).unwrap();
        disk.syncs_fail_after(left);
        let Err(_) = outbox.forget(1) else {
            continue;
        };
        gone += usize::from(disk.next_session().len() == 1);
        disk.fails(false, false);
        outbox.change(2, |e| e.queue(NOW)).unwrap();
        assert!(outbox.get(1).is_ok(), "after {left}");
        drop(outbox);
        let outbox = disk.outbox();
        assert!(outbox.get(1).is_ok(), "after {left}");
        assert_eq!(outbox.octets(1).unwrap(), Some(vec![1; 99]));
    }
    assert!(gone > 0, "in no case was the commit on the disk");
}

#[test]
fn one_that_is_forgotten_on_a_failing_disk_is_there_whole_or_gone_whole() {
    for left in 0..4 {
        let disk = Failing::default();
        let outbox = disk.outbox();
        outbox
            .add(vec![(entry("T1"), Some(vec![1; 99])), (entry("T2"), None)])
            .unwrap();
        disk.syncs_fail_after(left);
        let forgotten = outbox.forget(1);
        disk.fails(false, false);
        outbox.change(2, |e| e.queue(NOW)).unwrap();
        let here = outbox.get(1).is_ok();
        assert!(!(here && forgotten.is_ok()), "{forgotten:?}");
        let octets = outbox.octets(1).unwrap();
        assert_eq!(octets.is_some(), here, "after {left}");
        drop(outbox);
        assert_eq!(disk.outbox().get(1).is_ok(), here, "after {left}");
    }
}

/// While our disk was gone somebody else has written: nothing is written over it, and everybody is told.
#[test]
fn what_somebody_else_wrote_meanwhile_is_not_written_over() {
    let disk = Failing::default();
    let outbox = disk.outbox();
    outbox
        .add(vec![(entry("T1"), None), (entry("T2"), None)])
        .unwrap();
    disk.fails(true, true);
    assert!(outbox.change(1, |e| e.queue(NOW)).is_err());
    disk.fails(false, false);
    disk.outbox().change(2, |e| e.queue(NOW)).unwrap();
    for _ in 0..2 {
        let Err(Failure::Store(refused)) = outbox.change(1, |e| e.queue(NOW)) else {
            panic!("written over");
        };
        assert!(
            matches!(refused, StoreError::Changed { id: 2, .. }),
            "{refused}"
        );
        assert!(
            refused.to_string().contains("start mmscope again"),
            "{refused}"
        );
    }
    drop(outbox);
    assert_eq!(disk.outbox().get(2).unwrap().state, EntryState::Queued);
}

/// A file whose disk fails while this says so.
#[derive(Debug)]
struct Faulty(FileBackend, Arc<AtomicBool>);

impl StorageBackend for Faulty {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        Failing::check(&self.1)?;
        self.0.read(offset, out)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        Failing::check(&self.1)?;
        self.0.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        Failing::check(&self.1)?;
        self.0.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        Failing::check(&self.1)?;
        self.0.write(offset, data)
    }
}

/// After an error redb lets the file go: still nobody else gets in, and no empty outbox is begun in its place.
#[test]
fn after_an_error_of_the_disk_the_file_is_still_ours_and_is_not_begun_anew() {
    let (_folder, file) = place();
    let faulty = Arc::new(AtomicBool::new(false));
    let flag = faulty.clone();
    let disk = Disk::open_through(&file, Duration::ZERO, move |on| Faulty(on, flag.clone()));
    let outbox = Outbox::open(disk.unwrap(), NOW).unwrap();
    outbox.add(vec![(entry("T1"), Some(vec![7; 30]))]).unwrap();
    faulty.store(true, Ordering::Relaxed);
    let queue = || outbox.change(1, |e| e.queue(NOW));
    assert!(queue().is_err());
    let in_use = StoreError::InUse { file: file.clone() };
    assert_eq!(Disk::open(&file).err(), Some(in_use.clone()));
    // The disk is back, and the file is away, or empty.
    faulty.store(false, Ordering::Relaxed);
    let away = file.with_extension("away");
    std::fs::rename(&file, &away).unwrap();
    assert!(queue().is_err());
    assert!(!file.exists(), "begun anew, and with whose rights?");
    std::fs::write(&file, "").unwrap();
    for _ in 0..2 {
        assert!(queue().unwrap_err().to_string().contains("it is empty"));
        assert_eq!(std::fs::metadata(&file).unwrap().len(), 0, "begun anew");
    }
    assert_eq!(Disk::open(&file).err(), Some(in_use));
    std::fs::rename(&away, &file).unwrap();
    queue().unwrap();
    drop(outbox);
    let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap();
    assert_eq!(outbox.queued(), [1]);
    assert_eq!(outbox.octets(1).unwrap(), Some(vec![7; 30]));
}

#[test]
fn another_command_that_is_about_to_end_is_waited_for_and_a_long_one_is_not() {
    let (_folder, file) = place();
    let first = Disk::open(&file).unwrap();
    let began = Instant::now();
    assert!(Disk::open_within(&file, Duration::from_millis(120)).is_err());
    assert!(began.elapsed() >= Duration::from_millis(120));
    let ending = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(150));
        drop(first);
    });
    assert!(Disk::open_within(&file, Duration::from_secs(20)).is_ok());
    ending.join().unwrap();
}

#[test]
fn where_nothing_can_be_locked_one_goes_on_and_says_so() {
    let (_folder, file) = place();
    // What stands in the lock's place cannot be opened to be locked.
    std::fs::create_dir_all(Lock::beside(&file)).unwrap();
    let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap();
    let caution = outbox.caution().unwrap();
    for part in ["outbox.redb.lock", "cannot be locked", "second mmscope"] {
        assert!(caution.contains(part), "{part} in {caution}");
    }
    outbox.add(vec![(entry("T1"), None)]).unwrap();
    let (_folder, file) = place();
    let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap();
    assert_eq!(outbox.caution(), None);
}
