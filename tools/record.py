#!/usr/bin/python3
"""record.py - what tools/record does with a recording once it is made.

usage: record.py check CAST EXPECTED   each line of EXPECTED (host or container, a tab, a regular expression) is read
                                       on that side of the screen, one after the other
       record.py join OUT CAST...      one recording after the other, pauses cut short
       record.py gif CAST OUT          the same as a picture that moves

A recording is an asciicast, version 2: a line for the header, then one for each output, with its time in seconds.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

LONGEST_PAUSE = 1.1  # seconds
LAST_FRAME = 2.5  # how long the end of a scene stays
FRAMES_PER_SECOND = 10

# What tmux asks a terminal, and pyte does not know.
QUESTIONS = re.compile(r"\x1b\[>[0-9;]*[a-zA-Z]|\x1b\[[0-9;]*t|\x1b\(B|\x1b\)0")


def fail(message):
    print(f"record: {message}", file=sys.stderr)
    sys.exit(1)


def read(path):
    with open(path, encoding="utf-8") as file:
        header, *events = (json.loads(line) for line in file)
    return header, [(time, text) for time, kind, text in events if kind == "o"]


def scene(events):
    """The outputs of one recording, without the end in which the terminal is given back."""
    return [(time, text) for time, text in events if "\x1b[?1049l" not in text and "[exited]" not in text]


def screens(header, events):
    """The screen after each output."""
    import pyte

    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    for time, text in events:
        stream.feed(QUESTIONS.sub("", text))
        yield time, screen


def side_lines(screen, side):
    """The lines of one side, which are left and right of the line between the panes; not the titles above."""
    middle = screen.columns // 2
    return [line[:middle] if side == "host" else line[middle + 1:] for line in screen.display[2:]]


def is_on(screen, side, pattern):
    lines = side_lines(screen, side)
    # What is longer than the side is wide goes on in the next line.
    return re.search(pattern, "\n".join(line.rstrip() for line in lines), re.MULTILINE) or \
        re.search(pattern, "".join(lines))


def check(cast, expected):
    header, events = read(cast)
    with open(expected, encoding="utf-8") as file:
        left = [line.rstrip("\n").split("\t", 1) for line in file]
    for _, screen in screens(header, scene(events)):
        while left and is_on(screen, *left[0]):
            left.pop(0)
    if left:
        print("\n".join(side_lines(screen, left[0][0])).rstrip(), file=sys.stderr)
        fail(f"{os.path.basename(cast)}: the {left[0][0]} never shows '{left[0][1]}' (or not in this order)")


def join(out, casts):
    result, clock, header = [], 0.0, None
    for cast in casts:
        header, events = read(cast)
        last = 0.0
        for time, text in scene(events):
            clock += min(time - last, LONGEST_PAUSE)
            last = time
            result.append((round(clock, 3), text))
        clock += LAST_FRAME
    with open(out, "w", encoding="utf-8") as file:
        print(json.dumps({"version": 2, "width": header["width"], "height": header["height"]}), file=file)
        for time, text in result:
            print(json.dumps([time, "o", text]), file=file)


# ---- drawing

COLORS = {
    "default": (0xD0, 0xD7, 0xDE), "black": (0x0D, 0x11, 0x17), "red": (0xFF, 0x7B, 0x72),
    "green": (0x3F, 0xB9, 0x50), "brown": (0xD2, 0x99, 0x22), "blue": (0x58, 0xA6, 0xFF),
    "magenta": (0xBC, 0x8C, 0xFF), "cyan": (0x39, 0xC5, 0xCF), "white": (0xE6, 0xED, 0xF3),
}
PAPER = (0x0D, 0x11, 0x17)
CELL = (8, 17)


def color(name, otherwise):
    if name == "default":
        return otherwise
    if name in COLORS:
        return COLORS[name]
    if re.fullmatch("[0-9a-f]{6}", name):
        return tuple(bytes.fromhex(name))
    return COLORS["default"]


def draw(screen, font):
    from PIL import Image, ImageDraw

    width, height = CELL
    image = Image.new("RGB", (screen.columns * width, screen.lines * height), PAPER)
    pen = ImageDraw.Draw(image)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            ink, paper = color(cell.fg, COLORS["default"]), color(cell.bg, PAPER)
            if cell.reverse:
                ink, paper = paper, ink
            left, top = x * width, y * height
            if paper != PAPER:
                pen.rectangle((left, top, left + width - 1, top + height - 1), fill=paper)
            if cell.data == "│":
                pen.line((left + width // 2, top, left + width // 2, top + height), fill=ink)
            elif cell.data in ("─", "┬"):
                pen.line((left, top + height // 2, left + width, top + height // 2), fill=ink)
                if cell.data == "┬":
                    pen.line((left + width // 2, top + height // 2, left + width // 2, top + height), fill=ink)
            elif cell.data.strip():
                pen.text((left, top + 1), cell.data, font=font, fill=ink)
    if not screen.cursor.hidden:
        left, top = screen.cursor.x * width, screen.cursor.y * height
        pen.rectangle((left, top + 1, left + width - 1, top + height - 1), outline=COLORS["default"])
    return image


def gif(cast, out):
    import pyte
    from PIL import ImageFont

    header, events = read(cast)
    font = ImageFont.truetype("DejaVuSansMono.ttf", 13)
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    frames, durations = [], []  # pictures that differ, and their time in hundredths of a second
    tick, index = 0, 0
    end = events[-1][0] + LAST_FRAME
    while tick / FRAMES_PER_SECOND < end:
        changed = not frames
        while index < len(events) and events[index][0] <= tick / FRAMES_PER_SECOND:
            stream.feed(QUESTIONS.sub("", events[index][1]))
            index += 1
            changed = True
        picture = draw(screen, font) if changed else None
        if picture is not None and (not frames or picture.tobytes() != frames[-1].tobytes()):
            frames.append(picture)
            durations.append(0)
        durations[-1] += 100 // FRAMES_PER_SECOND
        tick += 1
    # One palette for all, or each frame would bring its own.
    busiest = max(frames, key=lambda frame: len(frame.getcolors(1 << 24)))
    palette = busiest.quantize(32)
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw.gif")
        first, *rest = (frame.quantize(palette=palette, dither=0) for frame in frames)
        first.save(raw, save_all=True, append_images=rest, loop=0, optimize=False,
                   duration=[10 * hundredths for hundredths in durations])
        subprocess.run(["gifsicle", "-O3", "--no-warnings", "-o", out, raw], check=True)


def main(arguments):
    match arguments:
        case ["check", cast, expected]:
            check(cast, expected)
        case ["join", out, first, *more]:
            join(out, [first, *more])
        case ["gif", cast, out]:
            gif(cast, out)
        case ["--help"]:
            print(__doc__.strip())
        case _:
            print("record: usage: record.py check CAST EXPECTED | join OUT CAST... | gif CAST OUT", file=sys.stderr)
            sys.exit(2)


main(sys.argv[1:])
