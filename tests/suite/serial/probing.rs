//! Whether a modem answers: `AT`, `ATI`, with short limits; and which one `auto` takes.
use mmscope::serial::{Answering, probe};
use mmscope::simulator::{self, Options, World};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn the_simulated_modem_says_who_it_is() {
    let mut bench = simulator::start(World::named("mint").unwrap(), Options::default());
    let said = probe(&mut bench.line).await.unwrap();
    assert_eq!(
        said,
        Answering {
            manufacturer: "SIMCOM INCORPORATED".to_owned(),
            model: "SIMCOM_SIM7600G-H".to_owned(),
            revision: "LE20B05SIM7600G22".to_owned(),
        }
    );
}

/// What is on the other end: it answers each line that it is told with the given octets.
fn answering(table: &'static [(&'static str, &'static str)], first: &'static str) -> DuplexStream {
    let (host, mut module) = tokio::io::duplex(4096);
    tokio::spawn(async move {
        module.write_all(first.as_bytes()).await.unwrap();
        let mut line = Vec::new();
        while let Ok(octet) = module.read_u8().await {
            if octet != b'\r' {
                line.push(octet);
                continue;
            }
            let asked = String::from_utf8(std::mem::take(&mut line)).unwrap();
            if let Some((_, answer)) = table.iter().find(|(name, _)| asked == *name) {
                module.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    host
}

#[tokio::test(start_paused = true)]
async fn what_answers_and_what_does_not() {
    type Row = (
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static str,
        Result<&'static str, &'static str>,
    );
    let table: &[Row] = &[
        (
            "echo on",
            &[
                ("AT", "AT\r\r\nOK\r\n"),
                ("ATI", "ATI\r\r\nModel: A7670\r\n\r\nOK\r\n"),
            ],
            "",
            Ok("A7670"),
        ),
        (
            "echo off",
            &[
                ("AT", "\r\nOK\r\n"),
                ("ATI", "\r\nModel: A7670\r\n\r\nOK\r\n"),
            ],
            "",
            Ok("A7670"),
        ),
        (
            "one line only",
            &[("AT", "\r\nOK\r\n"), ("ATI", "\r\nQuectel\r\n\r\nOK\r\n")],
            "",
            Ok("Quectel"),
        ),
        (
            "numeric results",
            &[("AT", "0\r"), ("ATI", "Model: A7670\r\n0\r")],
            "",
            Ok("A7670"),
        ),
        (
            "no ATI",
            &[("AT", "\r\nOK\r\n"), ("ATI", "\r\nERROR\r\n")],
            "",
            Ok(""),
        ),
        (
            "half a line was typed",
            &[("AT", "\r\nOK\r\n"), ("ATI", "\r\nModel: X\r\nOK\r\n")],
            "\r\nERROR",
            Ok("X"),
        ),
        ("silence", &[], "", Err("silent")),
        (
            "positions",
            &[],
            "$GPGGA,,,,,,0,,,,,,,,*66\r\n$GPRMC,,V,,,,,,,,,,N*53\r\n",
            Err("no modem"),
        ),
        (
            "an echo and nothing else",
            &[("AT", "AT\r")],
            "",
            Err("no modem"),
        ),
    ];
    for (name, answers, first, wanted) in table {
        let mut line = answering(answers, first);
        let began = Instant::now();
        let said = probe(&mut line).await;
        match (said, wanted) {
            (Ok(said), Ok(model)) => assert_eq!(said.model, *model, "{name}"),
            (Err(why), Err(word)) => assert!(why.contains(word), "{name}: {why}"),
            (said, _) => panic!("{name}: {said:?}"),
        }
        assert!(
            began.elapsed() < Duration::from_secs(4),
            "{name} took {:?}",
            began.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn endless_chatter_and_a_lost_line_end_the_question() {
    let (mut host, mut module) = tokio::io::duplex(64);
    tokio::spawn(async move { while module.write_all(&[0x7E; 64]).await.is_ok() {} });
    assert!(probe(&mut host).await.unwrap_err().contains("no modem"));
    let (mut host, module) = tokio::io::duplex(64);
    drop(module);
    assert!(probe(&mut host).await.unwrap_err().contains("broke"));
}

#[cfg(unix)]
mod auto {
    use super::super::devices::Fake;
    use mmscope::serial::{Device, Usb, UsbId, choose};
    use mmscope::simulator::{Modem, Options, World};
    use tokio_serial::{SerialPort, SerialStream};

    /// A device on a pseudo terminal, with an interface number; a modem answers there or nobody does.
    fn device(interface: Option<u8>, modem: Option<&str>) -> (Device, Option<SerialStream>) {
        let (far, near) = SerialStream::pair().unwrap();
        let name = near.name().unwrap();
        let mut silent = None;
        match modem {
            Some(world) => {
                let modem = Modem::start(World::named(world).unwrap(), Options::default());
                tokio::spawn(async move {
                    let _open = near;
                    modem.serve(far).await;
                });
            }
            None => silent = Some(far),
        }
        let usb = interface.map(|n| Usb {
            id: UsbId {
                vendor: 0x1e0e,
                product: 0x9001,
                serial: None,
                interface: Some(n),
            },
            manufacturer: None,
            product: None,
            place: None,
        });
        let device = Device {
            name,
            usb,
            since: None,
            bare: false,
        };
        (device, silent)
    }

    #[tokio::test]
    async fn auto_takes_the_at_interface_and_names_the_others() {
        let (diagnostics, _far) = device(Some(0), None);
        let (dial, _) = device(Some(3), Some("mint"));
        let (at, _) = device(Some(2), Some("mint"));
        let (unknown, _) = device(None, Some("mint"));
        let (silent, _open) = device(None, None);
        let finder = Fake::of(vec![
            diagnostics,
            dial.clone(),
            silent,
            unknown.clone(),
            at.clone(),
        ]);
        let chosen = choose(&*finder, 115_200).await.unwrap();
        assert_eq!(chosen.name, at.name);
        assert_eq!(chosen.says.model, "SIMCOM_SIM7600G-H");
        assert_eq!(chosen.others, [dial.name, unknown.name]);
    }

    #[tokio::test]
    async fn where_none_answers_each_is_told_with_what_it_did() {
        let (silent, _open) = device(Some(2), None);
        let finder = Fake::of(vec![silent.clone()]);
        let says = choose(&*finder, 115_200).await.unwrap_err().to_string();
        assert!(
            says.contains(&silent.name) && says.contains("silent"),
            "{says}"
        );
        let says = choose(&*Fake::of(Vec::new()), 115_200)
            .await
            .unwrap_err()
            .to_string();
        assert!(says.contains("plugged in"), "{says}");
    }
}
