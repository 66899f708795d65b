//! What goes back: status, headers, body. Pure: `edge/` turns it into a `worker::Response`.
