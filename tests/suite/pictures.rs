//! Pictures on their way: small enough for the carrier, upright, without the place where they were taken; and what arrives is what was composed.
use crate::story::{Beginning, draft};
use image::{ColorType, ExtendedColorType, ImageEncoder, ImageFormat};
use mmscope::compose::{Attachment, Change, Draft, Recipient, Treatment, fit, fit_into, pdu_size};
use mmscope::event::{StageState, What};
use mmscope::mms::{Field, Options, Pdu};
use mmscope::profile::Library;

/// A picture of chance, which no encoder makes small, with a red stripe along its top.
fn noise(width: u32, height: u32) -> image::RgbImage {
    let mut seed = 12_345_u32;
    image::RgbImage::from_fn(width, height, |_, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = seed.to_be_bytes();
        if y < height / 8 {
            image::Rgb([255, 0, 0])
        } else {
            image::Rgb([a, b / 2, c / 2])
        }
    })
}

fn jpeg(picture: &image::RgbImage, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality)
        .write_image(
            picture,
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    out
}

/// An APP1 with Exif: an orientation, and a tag of the GPS directory with words in it.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    tiff.extend([0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS 48.2082N 16.3738E");
    let length = u16::try_from(tiff.len() + 8).unwrap();
    let mut out = vec![0xFF, 0xE1];
    out.extend(length.to_be_bytes());
    out.extend(b"Exif\0\0");
    out.extend(tiff);
    out
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    [&jpeg[..2], &exif(orientation), &jpeg[2..]].concat()
}

fn holds(data: &[u8], words: &[u8]) -> bool {
    data.windows(words.len()).any(|window| window == words)
}

fn with_attachments(attachments: Vec<Attachment>) -> Draft {
    Draft {
        attachments,
        ..draft(&["+12025550123"], "look")
    }
}

#[test]
fn what_a_file_is_stands_in_its_first_octets() {
    for (name, data, is) in [
        ("a.bin", &b"\xFF\xD8\xFF\xE0 and so on"[..], "image/jpeg"),
        ("photo.jpg", b"\x89PNG\r\n\x1A\n....", "image/png"),
        ("x", b"GIF89a......", "image/gif"),
        ("x", b"#!AMR\n......", "audio/amr"),
        ("x", b"\0\0\0\x18ftyp3gp4....", "video/3gpp"),
        ("x", b"\0\0\0\x18ftypisom....", "video/mp4"),
        ("x", b"BEGIN:VCARD\r\nEND:VCARD", "text/x-vCard"),
        ("song.mp3", b"no magic here", "audio/mpeg"),
        ("folder/notes.TXT", b"words", "text/plain"),
        (
            "C:\\secret\\notes.weird",
            b"words",
            "application/octet-stream",
        ),
        ("", b"", "application/octet-stream"),
    ] {
        let attachment = Attachment::new(name, data);
        assert_eq!(attachment.content_type, is, "{name}");
        assert!(
            !attachment.name.contains(['/', '\\']),
            "{}",
            attachment.name
        );
    }
}

#[test]
fn a_picture_that_fits_keeps_every_octet_but_those_that_tell_the_place() {
    let plain = jpeg(&noise(64, 48), 80);
    let mut draft = with_attachments(vec![
        Attachment::new("plain.jpg", plain.clone()),
        Attachment::new("with.jpg", with_exif(&plain, 1)),
        Attachment::new("card.vcf", &b"BEGIN:VCARD\r\nEND:VCARD"[..]),
    ]);
    let changes = fit_into(&mut draft, 1 << 20, |_| 0);
    assert_eq!(
        changes,
        [Change {
            number: 2,
            before: plain.len() + exif(1).len(),
            after: plain.len(),
            what: Treatment::Stripped
        }]
    );
    assert_eq!(draft.attachments[0].data, plain);
    assert_eq!(draft.attachments[1].data, plain);

    let mut png = Vec::new();
    noise(8, 8)
        .write_to(&mut std::io::Cursor::new(&mut png), ImageFormat::Png)
        .unwrap();
    let secret = [&[0, 0, 0, 3][..], b"eXIfGPS\x00\x00\x00\x00"].concat();
    let told = [&png[..33], &secret, &png[33..]].concat();
    let mut draft = with_attachments(vec![Attachment::new("a.png", told)]);
    assert_eq!(
        fit_into(&mut draft, 1 << 20, |_| 0)[0].what,
        Treatment::Stripped
    );
    assert_eq!(draft.attachments[0].data, png);
}

#[test]
fn a_picture_on_its_side_is_set_upright() {
    // Orientation 6: turn right by 90 degrees; the stripe along the top comes to the right.
    let lying = with_exif(&jpeg(&noise(64, 48), 90), 6);
    let mut draft = with_attachments(vec![Attachment::new("a.jpg", lying)]);
    assert_eq!(
        fit_into(&mut draft, 1 << 20, |_| 0)[0].what,
        Treatment::Turned
    );
    let data = &draft.attachments[0].data;
    assert!(!holds(data, b"GPS") && !holds(data, b"Exif"));
    let picture = image::load_from_memory(data).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (48, 64));
    let [red, green, blue] = picture.get_pixel(46, 32).0;
    assert!(red > 200 && green < 60 && blue < 60, "{red} {green} {blue}");
}

#[test]
fn several_pictures_share_the_room_and_the_small_one_is_left_alone() {
    let profile = Library::shipped().get("us/att").unwrap().clone();
    let small = jpeg(&noise(80, 60), 80);
    let large = jpeg(&noise(1000, 800), 95);
    let mut clear = image::RgbaImage::new(900, 700);
    for (pixel, noise) in clear.pixels_mut().zip(noise(900, 700).pixels()) {
        *pixel = image::Rgba([noise[0], noise[1], noise[2], noise[0]]);
    }
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new(&mut png)
        .write_image(&clear, 900, 700, ColorType::Rgba8.into())
        .unwrap();
    let mut draft = with_attachments(vec![
        Attachment::new("large.jpg", large),
        Attachment::new("small.jpg", small.clone()),
        Attachment::new("clear.png", png),
    ]);
    assert!(pdu_size(&draft, &profile) as u64 > profile.mms.max_bytes);
    let changes = fit(&mut draft, &profile);
    let size = pdu_size(&draft, &profile) as u64;
    assert!(size <= profile.mms.max_bytes, "{size}");
    assert!(
        size > profile.mms.max_bytes / 2,
        "much smaller than it had to be: {size}"
    );
    assert_eq!(
        changes.iter().map(|c| c.number).collect::<Vec<_>>(),
        [1, 3],
        "{changes:?}"
    );
    assert_eq!(draft.attachments[1].data, small);
    let clear = image::load_from_memory(&draft.attachments[2].data).unwrap();
    assert!(clear.color().has_alpha(), "what was transparent stays so");
    for change in &changes {
        let Treatment::Scaled { from, to } = change.what else {
            panic!("{change}")
        };
        assert!(to.0 < from.0 && to.1 < from.1);
        assert_eq!(
            image::load_from_memory(&draft.attachments[change.number - 1].data)
                .unwrap()
                .width(),
            to.0
        );
    }
}

#[test]
fn an_animation_keeps_its_frames() {
    let mut data = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut data);
    for number in 0..3 {
        let mut frame = image::DynamicImage::ImageRgb8(noise(200, 150)).to_rgba8();
        image::imageops::invert(frame.sub_image_at(number));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let before = data.len();
    let mut draft = with_attachments(vec![Attachment::new("a.gif", data)]);
    let changes = fit_into(&mut draft, before / 3, |d| d.attachments[0].data.len());
    assert!(
        matches!(changes[0].what, Treatment::Scaled { .. }),
        "{changes:?}"
    );
    let after = &draft.attachments[0].data;
    assert!(after.len() <= before / 3);
    use image::AnimationDecoder;
    let frames = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(after))
        .unwrap()
        .into_frames();
    assert_eq!(frames.collect_frames().unwrap().len(), 3);
}

/// Turns one corner of a frame, so that frames differ.
trait SubImageAt {
    fn sub_image_at(&mut self, number: u32) -> &mut Self;
}

impl SubImageAt for image::RgbaImage {
    fn sub_image_at(&mut self, number: u32) -> &mut Self {
        self.put_pixel(number, number, image::Rgba([0, 0, 255, 255]));
        self
    }
}

#[test]
fn what_cannot_be_made_smaller_is_left_and_says_why() {
    // A header that promises four gigapixels, and octets that are no picture at all.
    let mut bomb = jpeg(&noise(16, 16), 80);
    let frame = bomb.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    for broken in [bomb, b"\xFF\xD8\xFF and nothing more".to_vec()] {
        let before = broken.len();
        let mut draft = with_attachments(vec![Attachment::new("a.jpg", broken.clone())]);
        let changes = fit_into(&mut draft, 10, |_| before + 100);
        assert!(
            matches!(&changes.last().unwrap().what, Treatment::Left { why } if !why.is_empty()),
            "{changes:?}"
        );
        assert_eq!(draft.attachments[0].data, broken);
    }
}

#[tokio::test(start_paused = true)]
async fn two_recipients_an_accented_subject_and_a_photograph_of_4_mb() {
    let photograph = with_exif(&jpeg(&noise(2200, 1650), 96), 6);
    assert!(photograph.len() > 4_000_000, "{}", photograph.len());
    let story = Beginning::world("open").open();
    let composed = Draft {
        to: ["+12025550123", "+12025550145"]
            .map(|n| Recipient::parse(n).unwrap())
            .to_vec(),
        subject: "Été à la plage 🌞".into(),
        text: "Regarde ça ! 👩‍👩‍👧".into(),
        attachments: vec![
            Attachment::new("plage.jpg", photograph.clone()),
            Attachment::new(
                "ami.vcf",
                &b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n"[..],
            ),
        ],
        options: Options {
            read_report: Some(true),
            ..Options::default()
        },
        ..Draft::default()
    };
    let mut fitted = composed.clone();
    let profile = Library::shipped().get("example/open").unwrap().clone();
    let changes = fit(&mut fitted, &profile);
    let result = story.send(composed.clone()).await;
    assert!(result.ok, "{result:#?}");
    assert!(result.size.unwrap() as u64 <= profile.mms.max_bytes);

    let request = story.modem.mmsc_requests().pop().unwrap();
    let pdu = Pdu::decode(&request.body);
    assert_eq!(pdu.examine(request.body.len()), []);
    assert_eq!(pdu.pdu.token(&Field::ReadReport), Some(0x80));
    for phone in ["+12025550123", "+12025550145"] {
        let bubbles = story.modem.phones().bubbles(phone);
        assert_eq!(bubbles.len(), 1, "{phone}");
        let bubble = &bubbles[0];
        assert_eq!(
            (bubble.subject.as_deref(), bubble.text.as_str()),
            (Some("Été à la plage 🌞"), "Regarde ça ! 👩‍👩‍👧")
        );
        let [smil, text, picture, card] = &bubble.parts[..] else {
            panic!("{:?}", bubble.attachments)
        };
        assert!(smil.is_smil() && text.is_text());
        assert_eq!(
            picture.data, fitted.attachments[0].data,
            "the very octets that were made of it"
        );
        assert_eq!(picture.name.as_deref(), Some("plage.jpg"));
        assert_eq!(card.data, composed.attachments[1].data);
        let seen = image::load_from_memory(&picture.data).unwrap();
        assert!(seen.height() > seen.width(), "upright");
        assert!(!holds(&picture.data, b"GPS"));
    }
    // Before and after are told in the ladder.
    let says = story.events().iter().find_map(|e| match &e.what {
        What::Stage(step) => match &step.state {
            StageState::Done { says } if says.contains("M-Send.req") => Some(says.clone()),
            _ => None,
        },
        _ => None,
    });
    assert!(
        says.unwrap().contains(&changes[0].to_string()),
        "{changes:?}"
    );
}
