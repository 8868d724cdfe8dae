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
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A directory as a page of HTML: directories first, in {@linkplain NaturalOrder natural order}, with sizes and times.
 */
final class DirectoryListing {

    private static final int MAX_ENTRIES = 10_000;
    private static final int CHARS_PER_ROW = 256;
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * One row.
     *
     * @param name an octet string
     * @param text the name for people
     */
    private record Entry(String name, String text, BasicFileAttributes attributes) {

        boolean isDirectory() {
            return attributes.isDirectory();
        }
    }

    private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::isDirectory)
            .reversed()
            .thenComparing(Entry::text, NaturalOrder.INSTANCE)
            .thenComparing(Entry::name);

    private DirectoryListing() {}

    /** @throws RequestRefused if the directory may not be read */
    static Response response(final Site.FoundDirectory directory) throws IOException {
        final List<Entry> entries = entries(directory.path());
        final int shown = Math.min(entries.size(), MAX_ENTRIES);
        final HtmlPage page = new HtmlPage("Index of " + directory.title(), 1024 + shown * CHARS_PER_ROW);
        appendHeading(page, directory.names());
        page.markup("<table>\n<thead>\n<tr><th scope=\"col\" class=\"name\">Name</th>")
                .markup("<th scope=\"col\" class=\"size\">Size</th>")
                .markup("<th scope=\"col\" class=\"time\">Modified (UTC)</th></tr>\n</thead>\n<tbody>\n");
        if (!directory.root()) {
            page.markup("<tr class=\"dir up\"><td class=\"name\"><a href=\"../\">Parent folder</a></td>")
                    .markup("<td class=\"size\"></td><td class=\"time\"></td></tr>\n");
        }
        entries.subList(0, shown).forEach(entry -> appendRow(page, entry));
        page.markup("</tbody>\n</table>\n");
        if (entries.size() > MAX_ENTRIES) {
            page.markup("<p>There are more entries than these " + MAX_ENTRIES + ".</p>\n");
        } else {
            page.markup("<p>").text(summary(entries)).markup("</p>\n");
        }
        return page.response(HttpStatus.OK);
    }

    /** The path as a heading, each folder of it a link. */
    private static void appendHeading(final HtmlPage page, final List<String> names) {
        page.markup("<nav aria-label=\"Path\">\n<h1>Index of ");
        for (int i = 0; i <= names.size(); i++) {
            final String name = i == 0 ? "" : Octets.readable(names.get(i - 1));
            if (i < names.size()) {
                page.markup("<a href=\"" + "../".repeat(names.size() - i) + "\">");
            } else {
                page.markup("<span aria-current=\"page\">");
            }
            page.markup("<bdi>").text(name).markup("</bdi>/").markup(i < names.size() ? "</a>" : "</span>");
        }
        page.markup("</h1>\n</nav>\n");
    }

    private static void appendRow(final HtmlPage page, final Entry entry) {
        final String slash = entry.isDirectory() ? "/" : "";
        page.markup(entry.isDirectory() ? "<tr class=\"dir\">" : "<tr>")
                .markup("<td class=\"name\" dir=\"auto\"><a href=\"")
                .segment(entry.name)
                .markup(slash)
                .markup("\">")
                .text(entry.text)
                .markup(slash)
                .markup("</a></td><td class=\"size\"");
        if (!entry.isDirectory()) {
            final long size = entry.attributes.size();
            page.markup(" title=\"" + exactly(size) + "\">" + Amount.bytes(size));
        } else {
            page.markup(">");
        }
        final Instant modified = entry.attributes.lastModifiedTime().toInstant();
        page.markup("</td><td class=\"time\"><time datetime=\"")
                .markup(SECONDS.format(modified))
                .markup("\">")
                .markup(MINUTES.format(modified))
                .markup("</time></td></tr>\n");
    }

    private static String exactly(final long bytes) {
        return bytes == 1 ? "1 byte" : String.format(Locale.ROOT, "%,d bytes", bytes);
    }

    private static String summary(final List<Entry> entries) {
        if (entries.isEmpty()) {
            return "This folder is empty.";
        }
        final long folders = entries.stream().filter(Entry::isDirectory).count();
        final long files = entries.size() - folders;
        final long bytes = entries.stream()
                .filter(entry -> !entry.isDirectory())
                .mapToLong(entry -> entry.attributes.size())
                .sum();
        final String counted = counted(files, "file") + (files == 0 ? "" : " of " + Amount.bytes(bytes));
        return folders == 0 ? counted : counted(folders, "folder") + (files == 0 ? "" : ", " + counted);
    }

    private static String counted(final long count, final String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static List<Entry> entries(final Path directory) throws IOException {
        final List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (final Path path : stream) {
                if (entries.size() > MAX_ENTRIES) {
                    break;
                }
                try {
                    final String name = PathOctets.name(path);
                    entries.add(new Entry(
                            name, Octets.readable(name), Files.readAttributes(path, BasicFileAttributes.class)));
                } catch (final IOException e) {
                    // Gone meanwhile, or a broken link: it cannot be requested.
                }
            }
        } catch (final FileSystemException e) {
            throw FileLookup.refusal(e);
        }
        entries.sort(ORDER);
        return entries;
    }
}
