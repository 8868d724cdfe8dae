package io.tapstack.httpd;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Content types by file name (RFC 9110 section 8.3). Text is declared as UTF-8. */
final class MediaTypes {

    private static final String UNKNOWN = "application/octet-stream";

    private static final Map<String, String> BY_EXTENSION = table(
            "text/html; charset=utf-8: html htm",
            "text/css; charset=utf-8: css",
            "text/javascript; charset=utf-8: js mjs",
            "text/plain; charset=utf-8: txt text log conf cfg ini c h cc cpp hpp java kt rs go py rb sh pl diff patch",
            "text/markdown; charset=utf-8: md markdown",
            "text/csv; charset=utf-8: csv",
            "text/xml; charset=utf-8: xml xsd xsl",
            "text/calendar; charset=utf-8: ics",
            "text/tab-separated-values; charset=utf-8: tsv",
            "application/json: json map",
            "application/manifest+json: webmanifest",
            "application/yaml: yaml yml",
            "application/wasm: wasm",
            "application/pdf: pdf",
            "application/rtf: rtf",
            "application/epub+zip: epub",
            "application/zip: zip",
            "application/gzip: gz tgz",
            "application/x-bzip2: bz2",
            "application/x-xz: xz",
            "application/zstd: zst",
            "application/x-7z-compressed: 7z",
            "application/x-tar: tar",
            "application/vnd.debian.binary-package: deb",
            "application/x-rpm: rpm",
            "application/java-archive: jar",
            "application/vnd.tcpdump.pcap: pcap cap",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document: docx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: xlsx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation: pptx",
            "application/vnd.oasis.opendocument.text: odt",
            "image/png: png",
            "image/jpeg: jpg jpeg",
            "image/gif: gif",
            "image/webp: webp",
            "image/avif: avif",
            "image/svg+xml: svg",
            "image/bmp: bmp",
            "image/tiff: tif tiff",
            "image/vnd.microsoft.icon: ico",
            "audio/mpeg: mp3",
            "audio/mp4: m4a",
            "audio/ogg: ogg oga opus",
            "audio/wav: wav",
            "audio/flac: flac",
            "video/mp4: mp4 m4v",
            "video/mpeg: mpg mpeg",
            "video/webm: webm",
            "video/ogg: ogv",
            "video/quicktime: mov",
            "video/x-matroska: mkv",
            "video/x-msvideo: avi",
            "font/woff: woff",
            "font/woff2: woff2",
            "font/ttf: ttf",
            "font/otf: otf");

    private MediaTypes() {}

    static String of(final String fileName) {
        final String extension =
                fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return BY_EXTENSION.getOrDefault(extension, UNKNOWN);
    }

    private static Map<String, String> table(final String... lines) {
        final Map<String, String> table = new HashMap<>();
        for (final String line : lines) {
            final int colon = line.indexOf(": ");
            for (final String extension : line.substring(colon + 2).split(" ")) {
                table.put(extension, line.substring(0, colon));
            }
        }
        return Map.copyOf(table);
    }
}
