package io.tapstack.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.octets.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Addresses (RFC 9110 4.2.1) as people type them and servers send them; curl 7.88 requests the same, except for octets
 * that it does not encode.
 */
class HttpUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1, http://10.0.0.1/, index.html",
        "10.0.0.1:8000/a/b.txt, http://10.0.0.1:8000/a/b.txt, b.txt",
        "localhost:8000/a, http://localhost:8000/a, a",
        "HTTP://x:80/a?b=c#d, http://x/a?b=c, a",
        "http://x?q, http://x/?q, index.html",
        "http://x#f, http://x/, index.html",
        "http://x/a#f?b, http://x/a, a",
        "http://[::1]:8080/a%20b, http://[::1]:8080/a%20b, a b",
        "http://x/über mich, http://x/%C3%BCber%20mich, über mich",
        "http://x/日本, http://x/%E6%97%A5%E6%9C%AC, 日本",
        "http://x/caf\udce9, http://x/caf%E9, caf\udce9",
        "http://x/a%E9, http://x/a%E9, a\udce9",
        "http://x/a+b%2Fc%00, http://x/a+b%2Fc%00, a+b_c_",
        "http://x/.., http://x/, index.html",
        "http://x/a/../b/./c/.., http://x/b/, index.html",
        "http://x/%2e%2e, http://x/%2e%2e, index.html",
        "http://x/%zz, http://x/%25zz, %zz",
        "http://x/100%, http://x/100%25, 100%",
        "http://x/a?x=1|2, http://x/a?x=1%7C2, a",
        "http://x/a?u=http://y/?z, http://x/a?u=http://y/?z, a",
        "x/a?u=http://y, http://x/a?u=http://y, a",
        "'http://x/\"<>\\^`{|}[]', http://x/%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D, '\"<>\\^`{|}[]'",
        "http://my_host/, http://my_host/, index.html",
        "http://my_host:8080/a, http://my_host:8080/a, a",
        "http://x.:8080/a, http://x.:8080/a, a",
        "http://x:/a, http://x/a, a",
        "http:/x/a, http://x/a, a",
        "http:///x/a, http://x/a, a",
        "http://%6cocalhost/a, http://localhost/a, a",
        "http://bücher.example/a, http://xn--bcher-kva.example/a, a",
        "http://127.1/a, http://127.0.0.1/a, a",
        "http://0x7f.1/a, http://127.0.0.1/a, a",
        "http://017700000001/a, http://127.0.0.1/a, a",
        "http://2130706433/a, http://127.0.0.1/a, a",
        "http://1.2.3.4.5/a, http://1.2.3.4.5/a, a",
        "http://256.1.1.1/a, http://256.1.1.1/a, a",
        "http://u:p@x/a, http://x/a, a",
        "' http://x/a ', http://x/a, a",
    })
    void reads(final String text, final String url, final String fileName) throws DownloadFailure {
        assertThat(HttpUrl.parse(text)).hasToString(url);
        assertThat(Octets.lossless(HttpUrl.parse(text).fileName())).isEqualTo(fileName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://",
                "http:////a",
                "http://x:0/",
                "http://x:99999/",
                "http://x:1x/",
                "http://x:1:2/",
                "http://a b/",
                "http://a%20b/",
                "http://a%0d%0ab/",
                "http://[x]/",
                "http://[::1/",
                "http://u@/",
                "http://x/a\u0001b",
                "http://x/a\tb",
                "http://x/a\r\nHost: y",
                "/a",
            })
    void refuses(final String text) {
        assertThatThrownBy(() -> HttpUrl.parse(text)).isInstanceOfSatisfying(DownloadFailure.class, e -> {
            assertThat(e.kind()).isEqualTo(DownloadFailure.Kind.BAD_URL);
            assertThat(e.getMessage()).matches("\\P{Cntrl}*");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "https://x/, https",
        "HTTPS://x/, https",
        "file:///etc/passwd, file",
        "ftp://x/, ftp",
    })
    void otherSchemesAreNamed(final String text, final String scheme) {
        assertThatThrownBy(() -> HttpUrl.parse(text)).hasMessageContaining("not '" + scheme + "'");
        assertThatThrownBy(() -> HttpUrl.parse("http://x/").resolve(text)).hasMessageContaining("not '" + scheme + "'");
    }

    /**
     * RFC 3986 5.4 and beyond, from {@code http://x:8080/dir/sub/start?s}. Location fields are octets: \u00c3\u00bc is
     * ü as UTF-8.
     */
    @ParameterizedTest
    @CsvSource({
        "/f\u00c3\u00bc.txt, http://x:8080/f%C3%BC.txt",
        "/f\u00e9.txt, http://x:8080/f%E9.txt",
        "/\u0080\u009f\u00ff, http://x:8080/%80%9F%FF",
        "f\u00e6\u0097\u00a5, http://x:8080/dir/sub/f%E6%97%A5",
        "/a?x=1|2, http://x:8080/a?x=1%7C2",
        "/a b?c d, http://x:8080/a%20b?c%20d",
        "/a%20b, http://x:8080/a%20b",
        "/a%zz, http://x:8080/a%25zz",
        "../x, http://x:8080/dir/x",
        "../../../../x, http://x:8080/x",
        "./x, http://x:8080/dir/sub/x",
        "x/./y/../z, http://x:8080/dir/sub/x/z",
        ".., http://x:8080/dir/",
        "., http://x:8080/dir/sub/",
        "../., http://x:8080/dir/",
        "?q, http://x:8080/dir/sub/start?q",
        "?q=a/../b, http://x:8080/dir/sub/start?q=a/../b",
        "?, http://x:8080/dir/sub/start?",
        "#f, http://x:8080/dir/sub/start?s",
        "/a#f, http://x:8080/a",
        "/a#f?q, http://x:8080/a",
        ";x, http://x:8080/dir/sub/;x",
        "a//b/../c, http://x:8080/dir/sub/a//c",
        "/..//x, http://x:8080//x",
        "/a/%2e%2e/b, http://x:8080/a/%2e%2e/b",
        "//y/z, http://y/z",
        "//y:81, http://y:81/",
        "//y?q, http://y/?q",
        "HTTP://Y/z, http://Y/z",
        "http://y, http://y/",
        "http://y:/z, http://y/z",
        "http://y.:81/z, http://y.:81/z",
        "http:/y/z, http://y/z",
        "http:///y/z, http://y/z",
        "http://my_host/z, http://my_host/z",
        "http://b\u00c3\u00bccher.example/z, http://xn--bcher-kva.example/z",
        "a/b:c, http://x:8080/dir/sub/a/b:c",
        "./a:b, http://x:8080/dir/sub/a:b",
    })
    void resolves(final String location, final String url) throws DownloadFailure {
        assertThat(HttpUrl.parse("http://x:8080/dir/sub/start?s").resolve(location))
                .hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http:foo", "http:", "http://", "//", "http://a b/", "/a\u0001", "/a\u007f", "http://x:70000/"})
    void resolvesNoNonsense(final String location) {
        assertThatThrownBy(() -> HttpUrl.parse("http://x/").resolve(location))
                .isInstanceOfSatisfying(
                        DownloadFailure.class, e -> assertThat(e.kind()).isEqualTo(DownloadFailure.Kind.BAD_URL));
    }

    @Test
    void credentialsStayWithTheirServer() throws DownloadFailure {
        final HttpUrl url = HttpUrl.parse("http://me:p%40ss@x/a");
        assertThat(url.authorization()).contains("Basic bWU6cEBzcw==");
        assertThat(url).as("in messages").hasToString("http://x/a");
        assertThat(url.resolve("b").authorization()).isEqualTo(url.authorization());
        assertThat(url.resolve("http://X/b").authorization()).isEqualTo(url.authorization());
        assertThat(url.resolve("//x:80/b").authorization()).isEqualTo(url.authorization());
        assertThat(url.resolve("http://x:81/b").authorization()).isEmpty();
        assertThat(url.resolve("http://y/b").authorization()).isEmpty();
        assertThat(url.resolve("http://you@x/b").authorization()).contains("Basic eW91Og==");
        assertThat(HttpUrl.parse("http://u:@x/").authorization()).contains("Basic dTo=");
        assertThat(HttpUrl.parse("http://a@b@x/").host()).isEqualTo("x");
    }
}
