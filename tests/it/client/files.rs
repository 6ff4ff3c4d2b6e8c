//! What the compared calls read: agents and specs.

use std::fs;
use std::io;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use tempfile::TempDir;

/// As the line scanner of the Python SDK reads it too.
const SPEC: &str = "\
id: fix-failing-test
version: 1
secrets:
  - name: FROM_ENV
    source: env:CARGO_MANIFEST_DIR
  - name: FROM_FILE
    source: file:SECRET_FILE
  - name: FROM_COMMAND
    source: command:echo from-command
  - name: FROM_DASHBOARD
    source: dashboard
  - name: LITERAL
    from: static://text
  - name: SHARED
    source: command:echo from-spec
  - name: KEYSTONE_E2E_IS_NOT_SET
agent:
  type: snapshot
";

/// YAML like any other, which the scanner does not understand.
const ODD_SPEC: &str = "\
# zoë
id: fix-failing-test
secrets: # what the agent needs
- name: AT_COLUMN_0
  source: command:echo 1
- {name: flow_map, source: 'command:echo 2'}
- name: COMMENT
  source: command:echo 3 # said after the value
";

/// Lays them out.
pub(super) fn lay_out() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("keystone-e2e-").tempdir()?;
    let at = folder.path();
    for agent in ["agent", "junk"] {
        write(&at.join(agent).join("main.py"), b"print('hello')\n")?;
        write(&at.join(agent).join("lib/nested/data.bin"), &[0, 159, 146, 150])?;
        write(&at.join(agent).join("zo\u{eb} \u{2713}.txt"), b"unicode\n")?;
    }
    for junk in [".git/HEAD", "node_modules/a/index.js", "__pycache__/main.pyc", ".DS_Store"] {
        write(&at.join("junk").join(junk), b"junk")?;
    }
    pack(&at.join("agent.tar.gz"))?;
    write(&at.join("secret.txt"), "  from a file \u{2713}\n".as_bytes())?;
    let secret = at.join("secret.txt");
    let spec = SPEC.replace("SECRET_FILE", &secret.to_string_lossy());
    write(&at.join("spec.yaml"), spec.as_bytes())?;
    write(&at.join("odd.yaml"), ODD_SPEC.as_bytes())?;
    Ok(folder)
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

/// An archive that neither client would make like this, to see that it arrives as it is.
fn pack(path: &Path) -> io::Result<()> {
    let packed = GzBuilder::new()
        .comment("made by hand")
        .write(fs::File::create(path)?, Compression::fast());
    let mut archive = tar::Builder::new(packed);
    let mut header = tar::Header::new_gnu();
    header.set_size(3);
    header.set_mode(0o640);
    header.set_mtime(1_234_567_890);
    header.set_cksum();
    archive.append_data(&mut header, "only/one.txt", &b"one"[..])?;
    archive.into_inner()?.finish()?;
    Ok(())
}
