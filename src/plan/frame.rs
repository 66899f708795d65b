//! Frames of devices around layers: a browser's window, a phone, a laptop.

use std::rc::Rc;

use crate::color::{self, Color};
use crate::geometry::px;
use crate::template::document::{self as doc, Device};

use super::code::part;
use super::resolve::Resolver;
use super::{Constraints, Extent, Kind, Layer, Length, Look, Paint, Shape, Stack};

impl Resolver<'_> {
    /// The layer of a frame, in whose screen its children have their places.
    pub(super) fn frame(&mut self, layer: &doc::Layer, frame: &doc::Frame, path: &str) -> Layer {
        let width = self.field(layer.width.as_ref(), path, "width");
        let height = self.field(layer.height.as_ref(), path, "height");
        let (wide, ratio, color) = match frame.frame {
            Device::Browser => (480.0, 0.64, Color::rgb(0xe6, 0xe8, 0xee)),
            Device::Phone => (220.0, 2.04, Color::rgb(0x15, 0x16, 0x1c)),
            Device::Laptop => (560.0, 0.6, Color::rgb(0x15, 0x16, 0x1c)),
        };
        // Its parts are as thick as suits its width, or its height where that alone is known.
        let known = match (width, height) {
            (Some(Extent::Length(Length::Px(width))), _) => width,
            (_, Some(Extent::Length(Length::Px(height)))) => height / ratio,
            _ => wide,
        };
        let unit = px(known).clamp(1.0, 10_000.0) / 100.0;
        let side = |side: f32| Extent::Length(Length::Px(side));
        let sides = (width.unwrap_or(side(known)), height.unwrap_or(side(known * ratio)));
        let fill = self.paint(layer.fill.as_ref(), path, "fill").unwrap_or(Paint::Color(color));
        let screen = self.field(frame.screen.as_ref(), path, "screen").unwrap_or(Color::rgb(255, 255, 255));
        let children = self.layers(&frame.children, &format!("{path}.children"));
        let screen = |radius: [Length; 4]| {
            let group = part(Kind::Group(children), None, &format!("{path}.screen"));
            let look = Look { clip: true, fill: Some(Paint::Color(screen)), ..Look::plain() };
            Layer { radius, look: Rc::new(look), ..group }
        };
        let own = layer.radius.as_ref().map(|radius| self.sides(Some(radius), (path, "radius"), Length::Px(0.0)));
        let square = [Length::Px(0.0); 4];
        let round = |radius: f32| [Length::Px(radius); 4];
        let (stack, look, radius) = match frame.frame {
            Device::Browser => {
                let bar = (unit * 6.0).clamp(18.0, 44.0);
                let children = vec![self.toolbar(bar, frame, &fill, path), screen(square)];
                (Stack::column(children), Some(fill), own.unwrap_or_else(|| round(bar * 0.32)))
            }
            Device::Phone => {
                let (bezel, outer) = (unit * 3.6, unit * 15.0);
                let island = part(Kind::Shape(Shape::Rect), Some(Paint::Color(Color::rgb(8, 8, 11))), path);
                let island = Layer {
                    x: Length::Fraction(0.35),
                    y: Length::Px(bezel + unit * 2.6),
                    width: Extent::Length(Length::Fraction(0.3)),
                    height: side(unit * 8.0),
                    radius: round(unit * 4.0),
                    sizing: Some(Rc::new(Constraints { is_absolute: true, ..Constraints::NONE })),
                    ..island
                };
                let radius = own.unwrap_or_else(|| round(outer));
                let inner = radius.map(|radius| match radius {
                    Length::Px(px) => Length::Px((px - bezel).max(0.0)),
                    Length::Fraction(fraction) => Length::Fraction(fraction),
                });
                let children = vec![screen(inner), island];
                (Stack { padding: [bezel; 4], ..Stack::column(children) }, Some(fill), radius)
            }
            Device::Laptop => {
                let bezel = unit * 1.5;
                let screen = screen(round(unit * 0.5));
                let lid = Stack { padding: [bezel, bezel, bezel * 1.2, bezel], ..Stack::column(vec![screen]) };
                let lid = part(Kind::Stack(lid), Some(fill.clone()), &format!("{path}.lid"));
                let top = Length::Px(unit * 1.8);
                let radius = own.unwrap_or([top, top, Length::Px(0.0), Length::Px(0.0)]);
                let lid = Layer { radius, ..lid };
                let lid = Stack { row: true, padding: [0.0, unit * 9.0, 0.0, unit * 9.0], ..Stack::column(vec![lid]) };
                let lid = part(Kind::Stack(lid), None, path);
                (Stack::column(vec![lid, self.base(unit, &fill, path)]), None, square)
            }
        };
        let lowered = self.lowered(layer, Kind::Stack(stack), sides, path);
        let clip = lowered.look.clip || frame.frame == Device::Browser;
        let look = Look { fill: look, clip, ..(*lowered.look).clone() };
        Layer { radius, look: Rc::new(look), ..lowered }
    }

    /// The bar above a browser's page: three buttons and the address.
    fn toolbar(&mut self, bar: f32, frame: &doc::Frame, fill: &Paint, path: &str) -> Layer {
        let side = |side: f32| Extent::Length(Length::Px(side));
        let buttons = [Color::rgb(0xff, 0x5f, 0x57), Color::rgb(0xfe, 0xbc, 0x2e), Color::rgb(0x28, 0xc8, 0x40)];
        let button = |color: Color| Layer {
            width: side(bar * 0.3),
            height: side(bar * 0.3),
            ..part(Kind::Shape(Shape::Ellipse), Some(Paint::Color(color)), path)
        };
        let mut children = buttons.map(button).to_vec();
        let is_dark = is_dark(fill);
        let (paper, ink) = if is_dark {
            (Color { a: 0x22, ..Color::rgb(255, 255, 255) }, Color::rgb(0xd6, 0xd8, 0xe0))
        } else {
            (Color { a: 0xcc, ..Color::rgb(255, 255, 255) }, Color::rgb(0x5b, 0x5f, 0x6b))
        };
        let address = frame.url.as_ref().map(|url| {
            let lettering = super::table::Lettering {
                styles: &[],
                weight: None,
                size: Some(bar * 0.34),
                align: doc::TextAlign::Center,
                max_lines: Some(1),
                are_numbers: false,
            };
            let text = self.lettered(&doc::Content::Plain(url.clone()), &lettering, &format!("{path}.url"));
            let look = Look { fill: Some(Paint::Color(ink)), ..Look::plain() };
            Layer { width: Extent::Fill, look: Rc::new(look), ..text }
        });
        let pill = Stack {
            row: true,
            align: doc::Align::Center,
            padding: [0.0, bar * 0.4, 0.0, bar * 0.4],
            ..Stack::column(address.into_iter().collect())
        };
        let pill = part(Kind::Stack(pill), Some(Paint::Color(paper)), &format!("{path}.address"));
        let radius = [Length::Px(bar * 0.2); 4];
        children.push(Layer { height: side(bar * 0.62), radius, ..pill });
        let row = Stack {
            row: true,
            gap: [bar * 0.2; 2],
            padding: [0.0, bar * 0.4, 0.0, bar * 0.4],
            align: doc::Align::Center,
            ..Stack::column(children)
        };
        Layer { height: side(bar), ..part(Kind::Stack(row), None, &format!("{path}.toolbar")) }
    }

    /// The lower half of a laptop, seen from the front.
    fn base(&self, unit: f32, fill: &Paint, path: &str) -> Layer {
        let color = match fill {
            Paint::Color(color) => *color,
            _ => Color::rgb(0x15, 0x16, 0x1c),
        };
        // Metal in the light: lighter than the lid, darker below.
        let toward = |share: u16, target: u16| {
            let mix = |channel: u8| {
                let mixed = (u16::from(channel) * (100 - share) + target * share) / 100;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            };
            Color { r: mix(color.r), g: mix(color.g), b: mix(color.b), a: color.a }
        };
        let stop = |offset: f32, color: Color| super::Stop { offset, color };
        let metal = Paint::Linear {
            angle: 180.0,
            repeat: 0.0,
            dither: false,
            stops: vec![stop(0.0, toward(78, 255)), stop(0.45, toward(70, 235)), stop(1.0, toward(60, 190))],
        };
        let notch = part(Kind::Shape(Shape::Rect), Some(Paint::Color(toward(60, 185))), path);
        let low = [Length::Px(0.0), Length::Px(0.0), Length::Px(unit), Length::Px(unit)];
        let notch = Layer {
            x: Length::Fraction(0.43),
            width: Extent::Length(Length::Fraction(0.14)),
            height: Extent::Length(Length::Px(unit * 1.1)),
            radius: low,
            ..notch
        };
        let base = part(Kind::Group(vec![notch]), Some(metal), &format!("{path}.base"));
        let (edge, round) = (Length::Px(unit * 0.3), Length::Px(unit * 2.4));
        Layer { height: Extent::Length(Length::Px(unit * 3.0)), radius: [edge, edge, round, round], ..base }
    }
}

fn is_dark(fill: &Paint) -> bool {
    match fill {
        Paint::Color(color) => color::luminance(*color) < 0.3,
        Paint::Picture => false,
        Paint::Linear { stops, .. } | Paint::Radial { stops, .. } | Paint::Conic { stops, .. } => {
            stops.first().is_some_and(|stop| color::luminance(stop.color) < 0.3)
        }
    }
}
