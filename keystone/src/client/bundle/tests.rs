//! Bundles of folders that are made for the purpose, read back with the `tar` crate and with
//! Python's `tarfile`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use flate2::read::GzDecoder;
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use super::archive::{self, Origin};
use super::progress::Meter;
use super::walk::{Entry, EntryKind};
use super::*;

/// A folder of these files; a name that ends in `/` makes an empty folder.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn bytes(bundle: &Bundle) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = bundle.file();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The members in order: name, and content or `-> target`.
fn members(bundle: &Bundle) -> Vec<(PathBuf, Vec<u8>)> {
    let bytes = bytes(bundle);
    let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
    archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.mtime().unwrap(), 946_684_800);
            let path = entry.path().unwrap().into_owned();
            let mut content = Vec::new();
            if let Some(target) = entry.link_name().unwrap() {
                content = format!("-> {}", target.display()).into_bytes();
            }
            entry.read_to_end(&mut content).unwrap();
            (path, content)
        })
        .collect()
}

fn names(bundle: &Bundle) -> Vec<String> {
    members(bundle).into_iter().map(|(path, _)| path.display().to_string()).collect()
}

fn skipped(bundle: &Bundle) -> Vec<(String, SkipReason)> {
    let summary = bundle.summary().unwrap();
    summary.skipped.iter().map(|s| (s.path.display().to_string(), s.reason)).collect()
}

fn refused(path: impl AsRef<Path>, kind: BundleErrorKind) -> String {
    let error = Bundle::prepare(path).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

#[test]
fn equal_content_gives_equal_bytes_whatever_the_order_times_and_modes() {
    let one = folder(&[("b/x.py", "x"), ("a.py", "a"), ("b.txt", "t"), ("e/", "")]);
    let two = folder(&[("e/", ""), ("b.txt", "t"), ("a.py", "a"), ("b/x.py", "x")]);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    File::options()
        .append(true)
        .open(two.path().join("a.py"))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What another umask would have given.
        for (name, mode) in [("a.py", 0o600), ("b.txt", 0o664), ("b", 0o700), ("e", 0o775)] {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(two.path().join(name), mode).unwrap();
        }
    }
    let (one, two) = (Bundle::prepare(&one).unwrap(), Bundle::prepare(&two).unwrap());
    assert_eq!(names(&one), ["a.py", "b/", "b/x.py", "b.txt", "e/"]);
    assert_eq!(bytes(&one), bytes(&two));
    assert_eq!(one.digest(), two.digest());
    let gzip = bytes(&one);
    assert_eq!(gzip.len() as u64, one.size_bytes());
    assert_eq!(gzip[4..8], [0; 4], "no time in the header of gzip");
    assert_eq!(gzip[9], 255, "no operating system in the header of gzip");

    let other = folder(&[("b/x.py", "y"), ("a.py", "a"), ("b.txt", "t"), ("e/", "")]);
    assert_ne!(Bundle::prepare(&other).unwrap().digest(), one.digest());
}

#[test]
fn python_reads_the_archive_and_agrees_about_the_digest() {
    let long = format!("{}/{}.txt", "d".repeat(90), "ü".repeat(60));
    let folder = folder(&[("main.py", "print()"), (long.as_str(), "long")]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = fs::Permissions::from_mode(0o711);
        fs::set_permissions(folder.path().join("main.py"), mode).unwrap();
        symlink(&long, folder.path().join("link")).unwrap();
    }
    let bundle = Bundle::prepare(&folder).unwrap();
    let out = tempdir().unwrap();
    let path = out.path().join("bundle.tar.gz");
    fs::write(&path, bytes(&bundle)).unwrap();
    let script = r#"
import sys, json, tarfile, hashlib
with tarfile.open(sys.argv[1], "r:gz") as archive:
    members = [[m.name, m.mode, m.uid, m.gid, m.mtime, m.size, m.linkname] for m in archive]
print(json.dumps([members, hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()]))
"#;
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(&path)
        .output()
        .expect("this test needs python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(format!("sha256:{}", read[1].as_str().unwrap()), bundle.digest());
    let exec = if cfg!(unix) { 0o755 } else { 0o644 };
    let mut expected = vec![
        serde_json::json!(["d".repeat(90), 0o755, 0, 0, 946_684_800, 0, ""]),
        serde_json::json!([long, 0o644, 0, 0, 946_684_800, 4, ""]),
    ];
    if cfg!(unix) {
        expected.push(serde_json::json!(["link", 0o777, 0, 0, 946_684_800, 0, long]));
    }
    expected.push(serde_json::json!(["main.py", exec, 0, 0, 946_684_800, 7, ""]));
    assert_eq!(read[0], serde_json::Value::from(expected));

    // A finished archive is sent as it is: same bytes, same digest.
    let again = Bundle::prepare(&path).unwrap();
    assert_eq!(again.digest(), bundle.digest());
    assert_eq!(again.size_bytes(), bundle.size_bytes());
    assert!(again.summary().is_none());
}

#[test]
fn a_single_file_becomes_a_member_of_its_own_name() {
    let folder = folder(&[("sub/agent.py", "x"), (".env", "A=1")]);
    let bundle = Bundle::prepare(folder.path().join("sub/agent.py")).unwrap();
    assert_eq!(members(&bundle), [("agent.py".into(), b"x".to_vec())]);
    // Naming a file lets it in.
    assert_eq!(names(&Bundle::prepare(folder.path().join(".env")).unwrap()), [".env"]);
    #[cfg(unix)]
    {
        let link = folder.path().join("run");
        std::os::unix::fs::symlink("sub/agent.py", &link).unwrap();
        let bundle = Bundle::prepare(&link).unwrap();
        assert_eq!(members(&bundle), [("run".into(), b"x".to_vec())]);
    }
}

#[test]
fn junk_stays_out_and_other_hidden_files_come_along() {
    let folder = folder(&[
        (".git/HEAD", "x"),
        ("sub/.git", "gitdir: elsewhere"),
        ("node_modules/a.js", "x"),
        ("sub/__pycache__/a.pyc", "x"),
        ("target/debug/agent", "x"),
        ("env/pyvenv.cfg", "x"),
        (".DS_Store", "x"),
        (".hidden", "x"),
        ("sub/target", "a file of that name"),
        ("main.py", "x"),
    ]);
    let bundle = Bundle::prepare(&folder).unwrap();
    assert_eq!(names(&bundle), [".hidden", "main.py", "sub/", "sub/target"]);
    let junk =
        [".DS_Store", ".git", "env", "node_modules", "sub/.git", "sub/__pycache__", "target"];
    assert_eq!(skipped(&bundle), junk.map(|name| (name.to_owned(), SkipReason::Junk)));

    let bundle = BundleOptions::new().include("./target/debug").prepare(&folder).unwrap();
    assert!(names(&bundle).contains(&"target/debug/agent".to_owned()));
}

#[test]
fn gitignore_files_inside_count_and_those_outside_do_not() {
    let folder = folder(&[
        (".gitignore", "inner.txt\n"),
        ("agent/.gitignore", "\u{feff}*.log\r\n# note\r\n/dist/\r\n!keep.log\r\n"),
        ("agent/a.log", "x"),
        ("agent/keep.log", "x"),
        ("agent/inner.txt", "x"),
        ("agent/dist/app.js", "x"),
        ("agent/dist/other.js", "x"),
        ("agent/sub/.gitignore", "!b.log\n"),
        ("agent/sub/b.log", "x"),
        ("agent/sub/c.log", "x"),
        ("agent/sub/dist/app.js", "x"),
    ]);
    let agent = folder.path().join("agent");
    let kept = [".gitignore", "inner.txt", "keep.log", "sub/", "sub/.gitignore", "sub/b.log"];
    let below = ["sub/dist/", "sub/dist/app.js"];
    let bundle = Bundle::prepare(&agent).unwrap();
    assert_eq!(names(&bundle), [&kept[..], &below].concat());
    assert_eq!(
        skipped(&bundle),
        ["a.log", "dist", "sub/c.log"].map(|name| (name.to_owned(), SkipReason::Gitignored))
    );

    let bundle = BundleOptions::new().include("dist/app.js").prepare(&agent).unwrap();
    assert_eq!(names(&bundle)[1..3], ["dist/", "dist/app.js"]);
    assert!(skipped(&bundle).contains(&("dist/other.js".to_owned(), SkipReason::Gitignored)));

    let bundle = BundleOptions::new().no_gitignore().prepare(&agent).unwrap();
    assert_eq!(skipped(&bundle), []);
}

#[test]
fn a_gitignore_that_cannot_be_understood_is_an_error_with_its_line() {
    for (content, what) in [("*.log\na[z-a]\n", "line 2"), ("{a\n", "line 1")] {
        let folder = folder(&[("a.py", "x"), ("sub/.gitignore", content)]);
        let message = refused(&folder, BundleErrorKind::Gitignore);
        assert!(message.contains(what) && message.contains(".gitignore"), "{message}");
        assert!(BundleOptions::new().no_gitignore().prepare(&folder).is_ok());
    }
    let folder = folder(&[("a.py", "x")]);
    fs::write(folder.path().join(".gitignore"), b"# caf\xe9\nb\xff\n").unwrap();
    assert!(refused(&folder, BundleErrorKind::Gitignore).contains("line 2 is not UTF-8"));
}

#[test]
fn env_files_are_refused_unless_ignored_or_named() {
    let files = [("a.py", ""), (".env", "A=1"), ("sub/.env.local", ""), (".env.example", "A=")];
    let refusing = folder(&files);
    let message = refused(&refusing, BundleErrorKind::EnvFile);
    for part in ["`.env`", "`sub/.env.local`", "include(path)"] {
        assert!(message.replace('\\', "/").contains(part), "{message}");
    }
    assert!(!message.contains("A=1") && !message.contains(".env.example"), "{message}");

    let one = BundleOptions::new().include(".env").prepare(&refusing).unwrap_err();
    assert_eq!(one.path(), refusing.path().join("sub/.env.local"));
    let both = BundleOptions::new().include(".env").include("sub/.env.local");
    assert_eq!(
        names(&both.prepare(&refusing).unwrap()),
        [".env", ".env.example", "a.py", "sub/", "sub/.env.local"]
    );

    fs::write(refusing.path().join(".gitignore"), ".env\n.env.local\n").unwrap();
    let bundle = Bundle::prepare(&refusing).unwrap();
    assert_eq!(names(&bundle), [".env.example", ".gitignore", "a.py", "sub/"]);
    let named = BundleOptions::new().include(".env").prepare(&refusing).unwrap();
    assert!(names(&named).contains(&".env".to_owned()));
}

#[test]
fn a_name_to_let_in_that_is_not_there_is_an_error() {
    let folder = folder(&[("a.py", "")]);
    for name in [".env.prodution", "../a.py", "/etc/passwd"] {
        let error = BundleOptions::new().include(name).prepare(&folder).unwrap_err();
        assert_eq!(error.kind(), BundleErrorKind::Include, "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn nothing_to_send_is_an_error() {
    refused(folder(&[]), BundleErrorKind::Empty);
    refused(folder(&[("a/b/", "")]), BundleErrorKind::Empty);
    let message = refused(folder(&[(".git/HEAD", "x")]), BundleErrorKind::Empty);
    assert!(message.contains("one entry that is left out"), "{message}");
}

#[test]
fn what_is_not_there_or_does_not_open_is_an_error_with_its_path() {
    let folder = folder(&[("a.py", "")]);
    assert!(refused(folder.path().join("b"), BundleErrorKind::NotFound).contains("b`"));
    refused("", BundleErrorKind::NotFound);
    refused(folder.path().join("a.py/b"), BundleErrorKind::NotFound);
    if cfg!(unix) {
        refused(folder.path().join("x".repeat(300)), BundleErrorKind::Unreadable);
    }
    let nowhere = BundleOptions::new().temp_dir(folder.path().join("none"));
    let error = nowhere.prepare(&folder).unwrap_err();
    assert_eq!(error.kind(), BundleErrorKind::Temporary, "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn what_is_called_an_archive_has_to_be_one() {
    let folder = folder(&[("empty.tgz", ""), ("text.tar.gz", "PK\x03\x04"), ("dir.tgz/a", "x")]);
    let message = refused(folder.path().join("text.tar.gz"), BundleErrorKind::NotAnArchive);
    assert!(message.contains("not compressed with gzip"), "{message}");
    refused(folder.path().join("empty.tgz"), BundleErrorKind::NotAnArchive);
    assert_eq!(names(&Bundle::prepare(folder.path().join("dir.tgz")).unwrap()), ["a"]);

    let gzip = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        let mut writer =
            flate2::write::GzEncoder::new(File::create(&path).unwrap(), Default::default());
        io::Write::write_all(&mut writer, content).unwrap();
        writer.finish().unwrap();
        path
    };
    let message = refused(gzip("text.TGZ", &[b'x'; 2000]), BundleErrorKind::NotAnArchive);
    assert!(message.contains("no tar archive"), "{message}");
    refused(gzip("none.tgz", &[0; 1024]), BundleErrorKind::Empty);
}

#[test]
fn progress_counts_files_and_bytes_up_to_their_totals() {
    let large = "x".repeat(1_000_000);
    let folder = folder(&[("a", "12345"), ("b", large.as_str()), ("c", "")]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    BundleOptions::new()
        .on_progress(move |now| log.lock().unwrap().push(now))
        .prepare(&folder)
        .unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|now| (now.bytes, now.files)));
    assert!(seen.len() > 3, "a large file is reported on the way: {seen:?}");
    assert!(seen.iter().all(|now| (now.total_files, now.total_bytes) == (3, 1_000_005)));
    assert_eq!(seen.last().map(|now| (now.files, now.bytes)), Some((3, 1_000_005)));
}

#[test]
fn a_file_that_changes_size_is_an_error() {
    let folder = folder(&[("a.log", "12345")]);
    let origin = Origin { real: folder.path(), shown: Path::new("agent"), single: false };
    for (listed, what) in [(4, "had 4 bytes"), (9, "had 9 bytes")] {
        let entries = [Entry { path: "a.log".into(), kind: EntryKind::File(listed) }];
        let mut meter = Meter::new(1, listed, None);
        let error =
            archive::pack(origin, &entries, Path::new(""), io::sink(), &mut meter).unwrap_err();
        assert_eq!(error.kind(), BundleErrorKind::Changed);
        assert!(error.to_string().contains(what), "{error}");
    }
    // While it is being read: the first report, after 256 KiB, comes in the middle.
    for (size, what) in [(0, "shrank"), (2_000_000, "grew")] {
        let path = folder.path().join("a.log");
        fs::write(&path, vec![b'x'; 1_000_000]).unwrap();
        let mut once = Some(File::options().write(true).open(&path).unwrap());
        let error = BundleOptions::new()
            .on_progress(move |_| {
                if let Some(file) = once.take() {
                    file.set_len(size).unwrap();
                }
            })
            .prepare(&folder)
            .unwrap_err();
        assert_eq!(error.kind(), BundleErrorKind::Changed);
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_as_such() {
    let folder = folder(&[("a", "12345")]);
    let origin = Origin { real: folder.path(), shown: folder.path(), single: false };
    let entries = [Entry { path: "a".into(), kind: EntryKind::File(5) }];
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut meter = Meter::new(1, 5, None);
    let error =
        archive::pack(origin, &entries, Path::new("/scratch"), full, &mut meter).unwrap_err();
    assert_eq!(error.kind(), BundleErrorKind::StorageFull);
    assert_eq!(error.path(), Path::new("/scratch"));
    assert!(error.to_string().contains("temp_dir"), "{error}");
}

#[test]
fn a_size_beyond_8_gib_fits_the_header() {
    let size = 9 * 1024 * 1024 * 1024 + 5;
    let mut header = archive::header(tar::EntryType::Regular, 0o644, size);
    header.set_cksum();
    assert_eq!(header.size().unwrap(), size);
    assert_eq!(header.as_bytes()[124], 0x80, "base 256, as GNU tar writes it");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_inside_are_kept_and_linked_folders_not_walked() {
        let folder = folder(&[("lib/a.py", "x"), ("sub/b.py", "x"), ("out.log", "x")]);
        fs::write(folder.path().join(".gitignore"), "*.log").unwrap();
        for (target, link) in [
            ("../lib", "sub/lib"),
            ("lib/a.py", "sub/a"),
            (".", "self"),
            ("nowhere", "dead"),
            ("out.log", "log"),
        ] {
            symlink(target, folder.path().join(link)).unwrap();
        }
        let bundle = Bundle::prepare(&folder).unwrap();
        let members: BTreeMap<_, _> = members(&bundle).into_iter().collect();
        assert_eq!(members[Path::new("sub/lib")], b"-> ../lib");
        assert_eq!(members[Path::new("self")], b"-> .");
        assert!(!members.contains_key(Path::new("sub/lib/a.py")));
        // Relative to where the link is, `sub/a` leads to `sub/lib/a.py`, by way of a link.
        let summary = bundle.summary().unwrap();
        assert_eq!(summary.links, 5);
        assert_eq!(summary.dangling_links, [Path::new("dead"), Path::new("log")]);
    }

    #[test]
    fn links_that_leave_are_refused_with_their_target() {
        for (links, what) in [
            (&[("/etc/passwd", "a")][..], "absolute path"),
            (&[("../outside", "a")], "leaves the folder"),
            (&[("sub/../../agent/sub", "a")], "leaves the folder"),
            (&[("..", "sub/up"), ("sub/up/../x", "a")], "leaves the folder"),
            (&[("sub/b", "a"), ("../a", "sub/b")], "in a circle"),
        ] {
            let folder = folder(&[("sub/x", "x")]);
            for (target, link) in links {
                symlink(target, folder.path().join(link)).unwrap();
            }
            let message = refused(&folder, BundleErrorKind::Link);
            let (target, _) = links.iter().find(|(_, link)| *link == "a").unwrap();
            assert!(message.contains(&format!("/a`: it is a symbolic link to `{target}`")));
            assert!(message.contains(what), "{message}");
            fs::write(folder.path().join(".gitignore"), "/a\n/sub/b\n").unwrap();
            assert!(Bundle::prepare(&folder).is_ok(), "an ignored link does no harm");
        }
    }

    #[test]
    fn pipes_and_sockets_are_left_out_and_never_opened() {
        let folder = folder(&[("a.py", "x")]);
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        let rules = folder.path().join("sub/.gitignore");
        assert!(Command::new("mkfifo").arg(rules).status().unwrap().success());
        let bundle = Bundle::prepare(&folder).unwrap();
        assert_eq!(names(&bundle), ["a.py", "sub/"]);
        assert_eq!(
            skipped(&bundle),
            ["pipe", "socket", "sub/.gitignore"].map(|n| (n.to_owned(), SkipReason::Special))
        );
        refused(&pipe, BundleErrorKind::NotAFile);
    }

    #[test]
    fn a_link_to_the_folder_itself_is_followed() {
        let folder = folder(&[("agent/a.py", "x")]);
        let link = folder.path().join("current");
        symlink("agent", &link).unwrap();
        assert_eq!(names(&Bundle::prepare(&link).unwrap()), ["a.py"]);
    }

    #[test]
    fn nesting_deeper_than_a_stack_would_hold_is_walked() {
        let folder = tempdir().unwrap();
        let deep: PathBuf = std::iter::repeat_n("d", 1500).collect();
        fs::create_dir_all(folder.path().join(&deep)).unwrap();
        fs::write(folder.path().join(&deep).join("f"), "x").unwrap();
        let bundle = Bundle::prepare(&folder).unwrap();
        assert_eq!(bundle.summary().unwrap().folders, 1500);
        assert_eq!(members(&bundle).last().unwrap().0, deep.join("f"));
    }

    /// A name that is not there yet, of any bytes a file system takes, long ones among them.
    fn name() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            3 => 1..=255u8,
            1 => Just(b'\\'),
        ];
        let length = prop_oneof![1..6usize, 95..106usize, 200..256usize];
        length
            .prop_flat_map(move |length| proptest::collection::vec(byte.clone(), length))
            .prop_map(|mut name| {
                for byte in &mut name {
                    if *byte == b'/' {
                        *byte = b'_';
                    }
                }
                // Neither `.` nor `..` nor `.env` nor junk.
                name[0] = b'n';
                name
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn names_of_any_bytes_and_length_come_back(
            files in proptest::collection::btree_map(
                (name(), name()), proptest::collection::vec(any::<u8>(), 0..40), 1..5
            ),
        ) {
            let folder = tempdir().unwrap();
            let mut expected = BTreeMap::new();
            for ((outer, inner), content) in files {
                let place = Path::new(OsStr::from_bytes(&outer)).join(OsStr::from_bytes(&inner));
                fs::create_dir_all(folder.path().join(&place).parent().unwrap()).unwrap();
                fs::write(folder.path().join(&place), &content).unwrap();
                let link = Path::new("links").join(OsStr::from_bytes(&inner));
                fs::create_dir_all(folder.path().join("links")).unwrap();
                let target = Path::new("..").join(&place);
                if symlink(&target, folder.path().join(&link)).is_ok() {
                    let shown = format!("-> {}", target.display()).into_bytes();
                    expected.insert(link, shown);
                }
                expected.insert(place, content);
            }
            let bundle = Bundle::prepare(&folder).unwrap();
            let summary = bundle.summary().unwrap();
            prop_assert_eq!(&summary.dangling_links, &Vec::<PathBuf>::new());
            let mut read: BTreeMap<_, _> = members(&bundle).into_iter().collect();
            read.retain(|path, _| path.components().count() == 2);
            prop_assert_eq!(read, expected);
        }
    }
}
