"""Poster frames of videos, through PyAV."""

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from album.errors import FileProblem
from album.pictures import advice
from album.pictures.original import Original
from album.pictures.pixels import fit, upright_rgb
from album.pictures.raster import damaged, too_large

_POSTER_S = 1.0
_FRAMES_MOST = 90
_DARK = 24
"""Mean brightness up to which a frame counts as black (a fade-in, a lens cap)."""

_TURNS = {90: 8, 180: 3, 270: 6}
"""Rotation against the clock as EXIF orientations."""

_DAMAGE = (
    av.FFmpegError,
    OSError,
    ValueError,
    TypeError,
    RuntimeError,
    ArithmeticError,
    IndexError,
)


def decode_poster(original: Original, longest_px: int | None, pixels_most: int) -> Image.Image:
    """A telling frame from about one second in, upright; FileProblem when there is none."""
    try:
        with av.open(original.stream(), "r", metadata_errors="ignore") as container:
            if not container.streams.video:
                raise FileProblem(original.path, "it holds no moving picture", advice=advice.ANEW)
            stream = container.streams.video[0]
            width, height = stream.codec_context.width, stream.codec_context.height
            if width * height > pixels_most:
                raise too_large(original.path, width, height, pixels_most)
            stream.codec_context.thread_count = 1
            frame = _poster(container, stream)
            if frame is None:
                raise FileProblem(
                    original.path, "none of its frames can be decoded", advice=advice.ANEW
                )
            return _upright(frame, longest_px)
    except _DAMAGE as error:
        raise damaged(original.path, error) from error


def _poster(container: av.container.InputContainer, stream: VideoStream) -> VideoFrame | None:
    """The first frame after a second that is not black, else the brightest that was seen."""
    duration_s = (container.duration or 0) / av.time_base
    if duration_s > 2 * _POSTER_S:
        try:
            container.seek(int(_POSTER_S * av.time_base))
        except av.FFmpegError:
            container.seek(0)
    best, brightest = None, -1.0
    seen = 0
    for packet in container.demux(stream):
        for frame in _frames(packet):
            seen += 1
            brightness = _brightness(frame)
            if brightness > brightest:
                best, brightest = frame, brightness
            early = frame.time is not None and frame.time < min(_POSTER_S, duration_s / 4)
            if (brightness > _DARK and not early) or seen >= _FRAMES_MOST:
                return best if brightness <= _DARK else frame
    return best


def _frames(packet: "av.Packet[VideoStream]") -> list[VideoFrame]:
    """The frames of a packet; none where it is damaged."""
    try:
        return [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
    except av.FFmpegError:
        return []


def _brightness(frame: VideoFrame) -> float:
    small = frame.reformat(width=32, height=32, format="gray")
    return float(small.to_ndarray().mean())


def _upright(frame: VideoFrame, longest_px: int | None) -> Image.Image:
    ratio = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    width = round(frame.width * ratio) if ratio and 0.2 < ratio < 5 else frame.width
    size = fit((width, frame.height), longest_px)
    pixels = frame.reformat(width=size[0], height=size[1], format="rgb24").to_ndarray()
    return upright_rgb(Image.fromarray(pixels), None, _TURNS.get(frame.rotation % 360, 1))
