//! `mmscope mmsc`
use super::args::Global;
use super::session;
use super::sim::PhonesFile;
use super::{Refusal, output};
use crate::simulator::Loopback;
use crate::simulator::mmsc::{Line, Mmsc, SeenRequest, serve_on};
use crate::simulator::phone::Phones;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Connections that are served at the same time.
const CONNECTIONS: usize = 64;

/// Serves the simulated MMSC on loopback until it is interrupted. Each request's body is written into the spool before it is answered, each PDU that
/// would be pushed to the line as well, and each bubble behind the file of the phones.
pub async fn run(
    global: &Global,
    listen: SocketAddr,
    spool: &Path,
    phones_file: Option<&Path>,
) -> Result<u8, Refusal> {
    let address = Loopback::try_from(listen)
        .map_err(|e| Refusal::usage(e.to_string()))?
        .address();
    let (spec, number) = session::world(global)?.map_or_else(Default::default, |named| {
        (named.world.mmsc, named.world.sim.number)
    });
    let spool = Arc::new(Mutex::new(Spool::open(spool)?));
    let listener = TcpListener::bind(address).await.map_err(|e| {
        Refusal::with(
            11,
            format!("{address}: cannot be listened on: {e}; take another port"),
        )
    })?;
    let place = listener
        .local_addr()
        .map_err(|e| Refusal::with(11, e.to_string()))?;
    let phones = Phones::new();
    if let Some(path) = phones_file {
        PhonesFile::open(path)?.follow(&phones);
    }
    let mmsc = Mmsc::new(spec, phones, global.sim_speed.unwrap_or(1.0));
    let (failed, mut failure) = mpsc::unbounded_channel();
    let (requests, refused) = (spool.clone(), failed.clone());
    mmsc.observe(move |request| {
        let written = lock(&requests).request(request);
        // The first failure ends the process; nobody waits for a second one.
        let _ = written.map_err(|error| refused.send(error));
    });
    let folder = lock(&spool).folder.display().to_string();
    mmsc.connect(Line {
        number: number.clone(),
        base: format!("http://{place}"),
        keeps_all: true,
        push: Box::new(move |pdu| {
            // As above.
            let _ = lock(&spool).push(&pdu).map_err(|error| failed.send(error));
        }),
        now: Box::new(|| u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)),
    });
    eprintln!("MMSC on http://{place}/mms/wapenc, spool in {folder}; Ctrl-C ends it");
    tokio::select! {
        () = serve_on(listener, mmsc, number, CONNECTIONS) => Ok(0),
        Some(error) = failure.recv() => Err(Refusal::with(11, format!("{folder}: cannot be written: {error}"))),
        () = session::interrupted() => Ok(0),
    }
}

fn lock(spool: &Mutex<Spool>) -> MutexGuard<'_, Spool> {
    spool.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder in which what came and what would be pushed is numbered: `0001.mms`, `0002.push`. Numbers go on where an earlier run has ended.
struct Spool {
    folder: PathBuf,
    written: u64,
}

impl Spool {
    fn open(folder: &Path) -> Result<Spool, Refusal> {
        let refused = |e: std::io::Error| {
            Refusal::usage(format!("{}: cannot be made: {e}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        let number = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.ok()?.file_name();
            let (number, end) = name.to_str()?.split_once('.')?;
            let ours = matches!(end, "mms" | "push");
            number.parse().ok().filter(|_| ours)
        };
        let entries = std::fs::read_dir(folder).map_err(refused)?;
        Ok(Spool {
            folder: folder.to_owned(),
            written: entries.filter_map(number).max().unwrap_or(0),
        })
    }

    fn write(&mut self, end: &str, octets: &[u8]) -> std::io::Result<String> {
        self.written += 1;
        let file = self.folder.join(format!("{:04}.{end}", self.written));
        std::fs::write(&file, octets)?;
        Ok(file.display().to_string())
    }

    /// Writes the body, where there is one, and prints what it was.
    fn request(&mut self, request: &SeenRequest) -> std::io::Result<()> {
        let (method, path) = (
            request.method.escape_default(),
            request.path.escape_default(),
        );
        if request.body.is_empty() {
            output::line(&format!("{method} {path}"));
            return Ok(());
        }
        let file = self.write("mms", &request.body)?;
        let size = request.body.len();
        output::line(&format!("{method} {path} {size} octets -> {file}"));
        Ok(())
    }

    fn push(&mut self, pdu: &[u8]) -> std::io::Result<()> {
        let file = self.write("push", pdu)?;
        output::line(&format!("PUSH {} octets -> {file}", pdu.len()));
        Ok(())
    }
}
