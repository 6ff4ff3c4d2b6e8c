use super::{contract, files, python, seen};

#[test]
fn dump() {
    let folder = files::lay_out().expect("files");
    let server = contract::server();
    let Some(ended) = python::call_all(&server, folder.path()) else { return };
    let calls = seen::calls(&server);
    for (name, ended) in &ended {
        println!("{name}: {} {}", ended.outcome, ended.result);
        for (side, value) in calls.get(name).into_iter().flatten() {
            if !["authorization", "content type", "workspace"].contains(side) {
                println!("    {side}: {value}");
            }
        }
    }
    println!("{} calls", ended.len());
}
