//! `gandan-server`: reads the command line, says where it is, and serves until it is stopped.

use domain::code::Lang;
use server::Server;
use server::config::Config;
use server::demo::PASSPHRASE;
use server::http::enrolment_url;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tokio::signal::ctrl_c;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stdout().is_terminal()).init();
    // Where, and not what: a message can hold content.
    std::panic::set_hook(Box::new(|panic| tracing::error!(at = panic.location().map(ToString::to_string), "panic")));
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gandan-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::parse(std::env::args().skip(1))?;
    if config.demo {
        println!("Đang dựng xã giả định · Making up a commune …");
    }
    let server = Server::open(&config).await?;
    if let (Some(passphrase), Some(login)) = (server.new_passphrase(), &config.new_passphrase) {
        println!("Mật khẩu mới của {login} · The new passphrase of {login}: {passphrase}");
        println!("Chỉ hiện lần này. Đăng nhập rồi đổi ở Người và máy · Shown this once. Sign in, then change it under People and phones");
        return Ok(());
    }
    say(&server);
    server.serve(stopped()).await?;
    Ok(())
}

/// The only place where a one-time link or a code is ever printed.
fn say(server: &Server) {
    let url = server.public_url();
    println!("Văn phòng · Office: {url}/office/");
    println!("Điện thoại · Phones: {url}/app/");
    if !url.starts_with("https://") && !url.contains("//127.0.0.1") && !url.contains("//localhost") && !url.contains("//[::1]") {
        println!("Điện thoại chỉ lưu được khi địa chỉ là https · Phones store nothing without https: see --public-url");
    }
    if let Some(link) = server.setup_link() {
        println!("Thiết lập lần đầu (một lần) · First set-up (once): {link}");
    }
    let Some(sign_ins) = server.sign_ins() else { return };
    println!("Dữ liệu giả định, mất khi chạy lại · Made-up data, gone at the next start");
    for (role, login) in &sign_ins.desks {
        println!("  {}: {login} / {PASSPHRASE}", role.label(Lang::Vi));
    }
    for (role, name, code) in &sign_ins.phones {
        println!("  {} {name}: {code}  {}", role.label(Lang::Vi), enrolment_url(url, code, &sign_ins.key));
    }
    println!("Khóa khôi phục · Recovery key: {}", sign_ins.key.fingerprint());
    for sheet in &sign_ins.sheets {
        println!("  Tờ · Sheet {}: {}", sheet.number, sheet.rows().join(" "));
    }
}

/// Ctrl-C, or the service manager's SIGTERM.
async fn stopped() {
    let interrupted = async {
        if ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
