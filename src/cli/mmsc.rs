//! `mmscope mmsc`
use super::args::Global;
use super::session;
use super::{Refusal, output};
use crate::simulator::Loopback;
use crate::simulator::mmsc::{Mmsc, MmscSpec, serve_on};
use crate::simulator::phone::Phones;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Connections that are served at the same time.
const CONNECTIONS: usize = 64;

/// Serves the simulated MMSC on loopback until it is interrupted; each request's body is written into the spool.
pub async fn run(global: &Global, listen: SocketAddr, spool: &Path) -> Result<u8, Refusal> {
    let address = Loopback::try_from(listen)
        .map_err(|e| Refusal::usage(e.to_string()))?
        .address();
    let spec = session::world(global)?.map_or_else(MmscSpec::default, |named| named.world.mmsc);
    std::fs::create_dir_all(spool)
        .map_err(|e| Refusal::usage(format!("{}: cannot be made: {e}", spool.display())))?;
    let listener = TcpListener::bind(address).await.map_err(|e| {
        Refusal::with(
            11,
            format!("{address}: cannot be listened on: {e}; take another port"),
        )
    })?;
    let place = listener
        .local_addr()
        .map_err(|e| Refusal::with(11, e.to_string()))?;
    let mmsc = Mmsc::new(spec, Phones::new(), global.sim_speed.unwrap_or(1.0));
    eprintln!(
        "MMSC on http://{place}/mms/wapenc, spool in {}; Ctrl-C ends it",
        spool.display()
    );
    tokio::select! {
        () = serve_on(listener, mmsc.clone(), None, CONNECTIONS) => Ok(0),
        spooled = write_spool(mmsc, spool) => spooled.map(|()| 0).map_err(|e| Refusal::with(11, format!("{}: cannot be written: {e}", spool.display()))),
        () = session::interrupted() => Ok(0),
    }
}

/// Writes each request's body as `0001.mms` and prints what it was.
async fn write_spool(mmsc: Arc<Mmsc>, spool: &Path) -> std::io::Result<()> {
    let mut changes = mmsc.changes();
    let mut written = 0;
    while changes.changed().await.is_ok() {
        let requests = mmsc.requests();
        for request in requests.iter().skip(written) {
            written += 1;
            let file = spool.join(format!("{written:04}.mms"));
            std::fs::write(&file, &request.body)?;
            output::line(&format!(
                "{} {} {} octets -> {}",
                request.method.escape_default(),
                request.path.escape_default(),
                request.body.len(),
                file.display()
            ));
        }
    }
    Ok(())
}
