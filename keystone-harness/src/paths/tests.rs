use super::*;
use std::time::Duration;

/// A folder of its own for a test, gone at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keystone-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for scratch files");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_runs_name_sorts_by_time() {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_463_101);
    assert_eq!(run_id_at(time, 0x3f2a), "20261123T194501Z-3f2a");
    assert_ne!(new_run_id(), new_run_id());
}

#[test]
fn folders_of_evaluations_suit_every_file_system() {
    assert_eq!(eval_folder("capitals"), "capitals");
    assert_eq!(eval_folder("geo::rivers"), "geo.rivers");
    for name in
        ["a b", "a/b", "naïve", "nul", "COM1", "con.x", "..", ".", "", "x.", "a:b", "summary.json"]
    {
        let folder = eval_folder(name);
        assert!(
            folder.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
            "{name:?} -> {folder}"
        );
        assert!(folder.contains('-') && !folder.starts_with('.') && !folder.ends_with('.'));
    }
    assert_ne!(eval_folder("a b"), eval_folder("a/b"));
    assert!(eval_folder(&"x".repeat(300)).len() < 100);
}

#[test]
fn evaluations_of_one_name_in_two_targets_do_not_share_a_folder() {
    let scratch = Scratch::new("claim");
    let source = |target: &str| Source {
        eval: "capitals".into(),
        package: "app".into(),
        target: target.into(),
        file: "tests/evals.rs".into(),
        line: 3,
    };
    let first = source("evals").claim(&scratch.0).expect("first");
    let second = source("more").claim(&scratch.0).expect("second");
    assert_eq!(first, scratch.0.join("capitals"));
    assert_ne!(first, second);
    assert_eq!(source("evals").folder_in(&scratch.0), first);
    assert_eq!(source("more").folder_in(&scratch.0), second);
    assert_eq!(Source::read(&second), Some(source("more")));
}

#[test]
fn the_latest_run_is_the_last_noted_that_is_still_there() {
    let scratch = Scratch::new("latest");
    assert_eq!(latest(&scratch.0, None), None);
    for run in ["20260101T000000Z-0000", "20260202T000000Z-0000"] {
        fs::create_dir(scratch.0.join(run)).expect("run");
        set_latest(&scratch.0, run).expect("noted");
    }
    assert_eq!(latest(&scratch.0, None).as_deref(), Some("20260202T000000Z-0000"));
    assert_eq!(runs(&scratch.0), ["20260202T000000Z-0000", "20260101T000000Z-0000"]);
    fs::remove_dir_all(scratch.0.join("20260202T000000Z-0000")).expect("removed");
    assert_eq!(latest(&scratch.0, None), None);
}

#[test]
fn a_run_of_nothing_is_forgotten_and_what_is_not_ours_stays() {
    let scratch = Scratch::new("forget");
    let run = |id: &str| {
        fs::create_dir(scratch.0.join(id)).expect("run");
        fs::write(scratch.0.join(id).join("evals.jsonl"), "").expect("file");
        set_latest(&scratch.0, id).expect("noted");
    };
    run("a");
    run("b");
    forget(&scratch.0, "b", &["evals.jsonl"]);
    assert_eq!(runs(&scratch.0), ["a"]);
    assert_eq!(latest(&scratch.0, None).as_deref(), Some("a"));
    fs::write(scratch.0.join("a/notes.txt"), "mine").expect("file");
    forget(&scratch.0, "a", &["evals.jsonl"]);
    assert!(scratch.0.join("a/notes.txt").is_file());
    fs::remove_file(scratch.0.join("a/notes.txt")).expect("removed");
    forget(&scratch.0, "a", &["evals.jsonl"]);
    assert_eq!(latest(&scratch.0, None), None);
    assert!(runs(&scratch.0).is_empty());
}

#[test]
fn a_write_that_fails_leaves_the_old_file_and_no_rest() {
    let scratch = Scratch::new("replace");
    let path = scratch.0.join("file");
    replace(&path, b"old").expect("written");
    let failed = replace_with(&path, |file| {
        file.write_all(b"half")?;
        Err(io::Error::other("disk full"))
    });
    assert!(failed.is_err());
    assert_eq!(fs::read(&path).expect("read"), b"old");
    assert_eq!(fs::read_dir(&scratch.0).expect("folder").count(), 1);
}

#[test]
fn an_asked_for_folder_is_made_absolute() {
    let site = Site::new("evals", "tests/evals.rs");
    assert!(output_folder(Some(Path::new("out")), &site).is_absolute());
    assert!(output_folder(None, &site).ends_with("keystone"));
}
