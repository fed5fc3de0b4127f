import { once } from "node:events";
import { type Server as Listener, type Socket, connect, createServer } from "node:net";
import type { Server } from "./server";

/** What of a link is left until it breaks, in bytes each way. */
type Left = { up: number; down: number };

/** A link to a server as the villages have it: slow, and broken in the middle of a request or of its answer. It carries TCP
 * and knows nothing of what is in it. */
export class Link {
  /** One way, in milliseconds. */
  delay = 0;
  /** Bytes a second, each way of each connection. */
  rate = Infinity;
  private left?: Left & { broken: () => void };
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Listener,
    readonly url: string,
  ) {}

  static async to(server: Server): Promise<Link> {
    const listener = createServer({ noDelay: true }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    const link = new Link(listener, `http://localhost:${port}`);
    listener.on("connection", (phone: Socket) => {
      const other = connect({ host: "127.0.0.1", port: server.port, noDelay: true });
      link.carry("up", phone, other);
      link.carry("down", other, phone);
    });
    return link;
  }

  /** From now on it carries so many bytes and then breaks, once, with every connection. Comes back when it has. */
  breakAfter(left: Left): Promise<void> {
    return new Promise((broken) => (this.left = { ...left, broken }));
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    this.listener.close();
    await once(this.listener, "close");
  }

  private carry(way: "up" | "down", from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on("close", () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on("error", () => undefined);
    let free = 0;
    from.on("data", (bytes) => {
      const left = this.left;
      const part = left ? bytes.subarray(0, left[way]) : bytes;
      const breaks = left !== undefined && (left[way] -= part.length) === 0;
      if (breaks) {
        this.left = undefined;
        from.pause();
      }
      // A byte leaves when those before it have, and arrives a delay later.
      free = Math.max(free, Date.now()) + (part.length / this.rate) * 1_000;
      setTimeout(() => {
        if (!to.destroyed) to.write(part);
        if (breaks) setTimeout(() => this.fall(left.broken));
      }, free - Date.now() + this.delay);
    });
    from.on("end", () => setTimeout(() => to.end(), Math.max(0, free - Date.now()) + this.delay));
  }

  private fall(broken: () => void): void {
    this.sockets.forEach((socket) => socket.destroy());
    broken();
  }
}
