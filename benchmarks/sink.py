"""A mail server that takes everything and keeps nothing: what a benchmark sends to.

    python benchmarks/sink.py --port-file FILE

It offers PIPELINING and CHUNKING, answers at once, and writes how much it took beside the port.
"""

import argparse
import asyncio
import re
from pathlib import Path

BDAT = re.compile(rb"BDAT (\d+)(?: (LAST))?", re.IGNORECASE)


class Sink(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = bytearray()
        self.in_content = False
        self.chunk = -1
        self.is_last = False
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answers: list[bytes] = []
        while self._step(answers):
            pass
        if answers:
            self.transport.write(b"".join(answers))

    def _step(self, answers: list[bytes]) -> bool:
        if self.chunk >= 0:
            return self._chunk(answers)
        if self.in_content:
            end = self.buffer.find(b"\r\n.\r\n")
            if end < 0:
                return False
            del self.buffer[: end + 5]
            self.in_content = False
            Sink.taken += 1
            answers.append(b"250 2.0.0 taken\r\n")
            return True
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        self._answer(line, answers)
        return True

    def _chunk(self, answers: list[bytes]) -> bool:
        if len(self.buffer) < self.chunk:
            return False
        del self.buffer[: self.chunk]
        self.chunk = -1
        Sink.taken += self.is_last
        answers.append(b"250 2.0.0 taken\r\n")
        return True

    def _answer(self, line: bytes, answers: list[bytes]) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            answers.append(b"250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n")
        elif verb == b"DATA":
            self.in_content = True
            answers.append(b"354 go on\r\n")
        elif found := BDAT.match(line):
            self.chunk, self.is_last = int(found[1]), bool(found[2])
        elif verb == b"QUIT":
            answers.append(b"221 bye\r\n")
        else:
            answers.append(b"250 2.1.0 ok\r\n")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    arguments = parser.parse_args()
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    fresh = arguments.port_file.with_suffix(".new")
    fresh.write_text(str(port))
    fresh.rename(arguments.port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
