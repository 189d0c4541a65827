//! The outbox's file: it survives, it refuses what it does not know, and it says what is the matter.
use mmscope::event::Way;
use mmscope::outbox::{Disk, Entry, Outbox, Refusal, Store, StoreError};
use redb::{ReadableDatabase, TableDefinition};
use std::path::PathBuf;
use tempfile::TempDir;

pub(super) const NOW: u64 = 1_763_800_000_000;

pub(super) fn entry(id: &str) -> Entry {
    let to = vec!["+12025550123".to_owned()];
    Entry::new(Way::Mms, to, "a text".to_owned(), id.to_owned(), NOW)
}

pub(super) fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state").join("outbox.redb");
    (folder, file)
}

#[test]
fn what_was_queued_is_there_after_the_program_is_gone_octet_for_octet() {
    let (_folder, file) = place();
    let octets = vec![0x8C, 0x80, 0x98, 0x54, 0x00];
    {
        let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap();
        let rows = vec![(entry("T1"), Some(octets.clone())), (entry("T2"), None)];
        outbox.add(rows).unwrap();
        outbox.change(1, |e| e.queue(NOW)).unwrap();
        outbox.change(2, |e| e.queue(NOW)).unwrap();
        outbox
            .change(2, |e| {
                e.begin(NOW);
                Ok::<(), Refusal>(())
            })
            .unwrap();
    }
    let outbox = Outbox::open(Disk::open(&file).unwrap(), NOW + 9).unwrap();
    assert_eq!(outbox.octets(1).unwrap(), Some(octets));
    assert_eq!(outbox.get(1).unwrap().transaction_id, "T1");
    assert_eq!(outbox.queued(), [1, 2], "the second had not gone out");
    assert_eq!(outbox.recovered().len(), 1);
    outbox.forget(1).unwrap();
    assert_eq!(outbox.get(1), Err(Refusal::Nothing(1)));
    // Numbers are not given twice while anything newer is there.
    let added = outbox.add(vec![(entry("T3"), None)]).unwrap();
    assert_eq!(added[0].id, 3);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, file) = place();
    let disk = Disk::open(&file).unwrap();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(disk);
}

#[test]
fn a_second_program_is_told_so() {
    let (_folder, file) = place();
    let _first = Disk::open(&file).unwrap();
    let second = Disk::open(&file).err().unwrap();
    assert_eq!(second, StoreError::InUse { file });
    assert!(second.to_string().contains("another mmscope"), "{second}");
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let (_folder, file) = place();
    drop(Disk::open(&file).unwrap());
    let newer: TableDefinition<&str, u32> = TableDefinition::new("form");
    {
        let database = redb::Database::create(&file).unwrap();
        let write = database.begin_write().unwrap();
        write
            .open_table(newer)
            .unwrap()
            .insert("outbox", 2)
            .unwrap();
        write.commit().unwrap();
    }
    let refused = Disk::open(&file).err().unwrap();
    let says = refused.to_string();
    assert!(
        matches!(
            refused,
            StoreError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{says}"
    );
    assert!(says.contains("newer mmscope"), "{says}");
    let database = redb::Database::open(&file).unwrap();
    let read = database.begin_read().unwrap();
    let form = read.open_table(newer).unwrap().get("outbox").unwrap();
    assert_eq!(form.unwrap().value(), 2, "nothing was changed");
}

#[test]
fn a_file_that_is_no_outbox_is_told_with_its_remedy_and_kept() {
    let (_folder, file) = place();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let rubbish = b"this is no outbox at all, but somebody's letter\n".repeat(40);
    std::fs::write(&file, &rubbish).unwrap();
    let refused = Disk::open(&file).err().unwrap();
    let says = refused.to_string();
    assert!(matches!(refused, StoreError::Broken { .. }), "{says}");
    assert!(says.contains("Move the file away"), "{says}");
    assert_eq!(
        std::fs::read(&file).unwrap(),
        rubbish,
        "nothing was written over it"
    );
}

#[test]
fn an_entry_that_cannot_be_read_names_itself() {
    let (_folder, file) = place();
    {
        let disk = Disk::open(&file).unwrap();
        let mut one = entry("T1");
        one.id = 12;
        disk.put(&[(&one, None)], &[]).unwrap();
    }
    let entries: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
    {
        let database = redb::Database::create(&file).unwrap();
        let write = database.begin_write().unwrap();
        let broken: &[u8] = b"{\"id\":12,";
        write
            .open_table(entries)
            .unwrap()
            .insert(12, broken)
            .unwrap();
        write.commit().unwrap();
    }
    let refused = Outbox::open(Disk::open(&file).unwrap(), NOW).unwrap_err();
    assert!(refused.to_string().contains("message 12"), "{refused}");
}
