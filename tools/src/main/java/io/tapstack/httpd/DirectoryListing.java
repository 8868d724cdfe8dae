package io.tapstack.httpd;

import io.tapstack.http.Amount;
import io.tapstack.octets.Octets;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A directory as a page of HTML: directories first, by name, with sizes. */
final class DirectoryListing {

    private static final int MAX_ENTRIES = 10_000;
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** @param name an octet string */
    private record Entry(String name, BasicFileAttributes attributes) {

        boolean isDirectory() {
            return attributes.isDirectory();
        }
    }

    private DirectoryListing() {}

    /** @throws RequestRefused if the directory may not be read */
    static String html(final Site.FoundDirectory directory) throws IOException {
        final List<Entry> entries = entries(directory.path());
        final StringBuilder html = new StringBuilder(1024 + entries.size() * 128);
        final String title = escaped("Index of " + directory.title());
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n<title>")
                .append(title)
                .append("</title>\n<style>body{font-family:sans-serif;margin:2em}td{padding:.1em 2em .1em 0}")
                .append("td+td{text-align:right;font-variant-numeric:tabular-nums;color:#555}</style>\n</head>\n")
                .append("<body>\n<h1>")
                .append(title)
                .append("</h1>\n<table>\n");
        if (!directory.root()) {
            html.append("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
        }
        entries.stream().limit(MAX_ENTRIES).forEach(entry -> appendRow(html, entry));
        html.append("</table>\n");
        if (entries.size() > MAX_ENTRIES) {
            html.append("<p>The first ").append(MAX_ENTRIES).append(" of more entries.</p>\n");
        }
        return html.append("</body>\n</html>\n").toString();
    }

    private static void appendRow(final StringBuilder html, final Entry entry) {
        final String slash = entry.isDirectory() ? "/" : "";
        html.append("<tr><td><a href=\"");
        PercentEncoding.append(html, entry.name);
        html.append(slash)
                .append("\">")
                .append(escaped(Octets.readable(entry.name)))
                .append(slash)
                .append("</a></td><td>");
        html.append(entry.isDirectory() ? "" : Amount.bytes(entry.attributes.size()));
        html.append("</td><td>")
                .append(MINUTES.format(entry.attributes.lastModifiedTime().toInstant()))
                .append("</td></tr>\n");
    }

    private static List<Entry> entries(final Path directory) throws IOException {
        final List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (final Path path : stream) {
                if (entries.size() > MAX_ENTRIES) {
                    break;
                }
                try {
                    entries.add(
                            new Entry(PathOctets.name(path), Files.readAttributes(path, BasicFileAttributes.class)));
                } catch (final IOException e) {
                    // Gone meanwhile, or a link to nowhere: nothing that could be asked for.
                }
            }
        } catch (final FileSystemException e) {
            throw FileLookup.refusal(e);
        }
        entries.sort(Comparator.comparing(Entry::isDirectory).reversed().thenComparing(Entry::name));
        return entries;
    }

    private static String escaped(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
