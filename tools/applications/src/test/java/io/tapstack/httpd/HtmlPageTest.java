package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tapstack.httpd.RawClient.Reply;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that the server writes itself: directory listings, errors, and the icon that browsers ask for. */
class HtmlPageTest extends ServerFixture {

    private static final Pattern ROW = Pattern.compile(
            "<tr(?: class=\"dir\")?><td class=\"name\" dir=\"auto\"><a href=\"([^\"<>]+)\">([^<]*)</a></td>"
                    + "<td class=\"size\"(?: title=\"([^\"]*)\")?>([^<]*)</td>"
                    + "<td class=\"time\"><time datetime=\"([^\"]*)\">([^<]*)</time></td></tr>");

    private Reply page(final String target) throws IOException {
        try (RawClient client = client()) {
            return client.get(target).reply();
        }
    }

    private List<MatchResult> rows(final String target) throws IOException {
        final String page = page(target).text();
        final List<MatchResult> rows = ROW.matcher(page).results().toList();
        final int parent = page.contains("<tr class=\"dir up\">") ? 1 : 0;
        assertThat(page.split("<tr", -1)).as("each row is whole").hasSize(rows.size() + 2 + parent);
        return rows;
    }

    @Test
    void foldersComeFirstInNaturalOrder() throws IOException {
        for (final String name : List.of("part10", "Part9", "zebra.txt", "Alpha", "beta", "README")) {
            write("list/" + name, "x");
        }
        Files.createDirectories(root.resolve("list/zdir"));
        Files.createDirectories(root.resolve("list/Adir"));
        assertThat(rows("/list/"))
                .extracting(row -> row.group(2))
                .containsExactly("Adir/", "zdir/", "Alpha", "beta", "Part9", "part10", "README", "zebra.txt");
    }

    @Test
    void columnsHaveHeadsUnitsAndATimeZone() throws IOException {
        final Path file = write("list/b.bin", "x".repeat(1_234_567));
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-02-29T23:59:58.7Z")));
        write("list/a.txt", "a");
        assertThat(page("/list/").text())
                .containsSubsequence(
                        "<thead>",
                        "<th scope=\"col\" class=\"name\">Name</th>",
                        "<th scope=\"col\" class=\"size\">Size</th>",
                        "<th scope=\"col\" class=\"time\">Modified (UTC)</th>",
                        "</thead>",
                        "2 files of 1.18 MiB");
        final List<MatchResult> rows = rows("/list/");
        assertThat(rows.get(0).group(3)).isEqualTo("1 byte");
        assertThat(rows.get(1).group(3)).isEqualTo("1,234,567 bytes");
        assertThat(rows.get(1).group(4)).isEqualTo("1.18 MiB");
        assertThat(rows.get(1).group(5)).isEqualTo("2024-02-29T23:59:58Z");
        assertThat(rows.get(1).group(6)).isEqualTo("2024-02-29 23:59");
    }

    @Test
    void namesAreEscapedAndNeverCut() throws IOException {
        final String longest = "A".repeat(255);
        write("list/" + longest, "long");
        write("list/a <&\">.txt", "aa");
        assertThat(rows("/list/"))
                .extracting(row -> row.group(1), row -> row.group(2))
                .containsExactly(tuple("a%20%3C%26%22%3E.txt", "a &lt;&amp;&quot;&gt;.txt"), tuple(longest, longest));
        // No name widens its column: the widths are fixed, and a name without a space is broken anywhere.
        assertThat(page("/list/").text())
                .contains("table-layout:fixed", ".name{padding-left:2rem;overflow-wrap:anywhere}");
    }

    /** The path at the top leads to each folder above, whatever its name's octets. */
    @Test
    void thePathIsMadeOfLinks() throws IOException {
        final Path inner = root.resolve(PathOctets.path("<one>/caf\u00e9/\u00c3\u00bc"));
        Files.createDirectories(inner);
        final String page = page("/%3Cone%3E/caf%E9/%C3%BC/").text();
        assertThat(page)
                .contains("<title>Index of /&lt;one&gt;/caf\\xE9/ü/</title>")
                .contains("<h1>Index of <a href=\"../../../\"><bdi></bdi>/</a>"
                        + "<a href=\"../../\"><bdi>&lt;one&gt;</bdi>/</a>"
                        + "<a href=\"../\"><bdi>caf\\xE9</bdi>/</a>"
                        + "<span aria-current=\"page\"><bdi>ü</bdi>/</span></h1>")
                .contains("This folder is empty.")
                .contains("<a href=\"../\">Parent folder</a>");
        assertThat(page("/").text()).doesNotContain("../").contains("1 folder<");
    }

    @Test
    void aHugeFolderIsShownInPart() throws IOException {
        final Path folder = Files.createDirectory(root.resolve("huge"));
        for (int i = 0; i < 10_002; i++) {
            Files.createFile(folder.resolve("f" + i));
        }
        assertThat(rows("/huge/")).hasSize(10_000);
        assertThat(page("/huge/").text()).contains("There are more entries than these 10000.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/list/", "/nothing", "/list", "/%zz", "/../.."})
    void allPagesShareAStyleAndRunNothing(final String target) throws Exception {
        write("list/a.txt", "a");
        final Reply reply = page(target);
        final String page = reply.text();
        assertThat(reply.field("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
                .contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .contains("color-scheme:light dark", "@media (prefers-color-scheme:dark)", "@media (max-width:40rem)")
                .doesNotContain("<script", "url(", "//", "onclick", "monospace")
                .endsWith("</html>\n");
        final String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
        final byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
        assertThat(reply.field("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
                .doesNotContain("unsafe");
    }

    @Test
    void errorsSayWhatIsWrong() throws IOException {
        final Reply missing = page("/nothing");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text())
                .contains("<title>404 Not Found</title>")
                .contains("<h1><span class=\"code\">404</span> Not Found</h1>", "<p>No such file.</p>")
                .contains("<a href=\"/\">");
    }

    /** RFC 9110 15.4.2: the content of the response has a link to the new address. */
    @Test
    void redirectsHaveALink() throws IOException {
        Files.createDirectories(root.resolve("a b"));
        final Reply moved = page("/a%20b?x=\"<&y");
        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.field("Location")).contains("/a%20b/?x=%22%3C&y");
        assertThat(moved.text()).contains("<a href=\"/a%20b/?x=%22%3C&amp;y\">");
    }

    @Test
    void aSiteWithoutAnIconHasTheServers() throws IOException {
        try (RawClient client = client()) {
            final Reply icon = client.get("/favicon.ico").reply();
            assertThat(icon.status()).isEqualTo(200);
            assertThat(icon.field("Content-Type")).contains("image/svg+xml");
            assertThat(icon.text()).startsWith("<svg ").endsWith("</svg>\n");
            final Reply head =
                    client.request("HEAD /favicon.ico HTTP/1.1", "Host: x").headReply();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.field("Content-Length")).isEqualTo(icon.field("Content-Length"));
            assertThat(client.get("/favicon.ico/").reply().status()).isEqualTo(404);
            assertThat(client.get("/list/favicon.ico").reply().status()).isEqualTo(404);
            write("favicon.ico", "ours");
            assertThat(client.get("/favicon.ico").reply().text()).isEqualTo("ours");
        }
    }
}
