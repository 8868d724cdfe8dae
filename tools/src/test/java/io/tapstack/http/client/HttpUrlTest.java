package io.tapstack.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1, http://10.0.0.1/, index.html",
        "10.0.0.1:8000/a/b.txt, http://10.0.0.1:8000/a/b.txt, b.txt",
        "HTTP://x:80/a?b=c#d, http://x/a?b=c, a",
        "http://x?q, http://x/?q, index.html",
        "http://[::1]:8080/a%20b, http://[::1]:8080/a%20b, a b",
        "http://x/über mich, http://x/%C3%BCber%20mich, über mich",
        "http://x/a+b%2Fc%00, http://x/a+b%2Fc%00, a+b_c_",
        "http://x/.., http://x/.., index.html",
        "http://x/%2e%2e, http://x/%2e%2e, index.html",
    })
    void reads(final String text, final String url, final String fileName) throws DownloadFailure {
        assertThat(HttpUrl.parse(text)).hasToString(url);
        assertThat(HttpUrl.parse(text).fileName()).isEqualTo(fileName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://",
                "http:///a",
                "http://x:0/",
                "http://x:99999/",
                "http://u:p@x/",
                "http://a b/",
                "http://x/%zz"
            })
    void refuses(final String text) {
        assertThatThrownBy(() -> HttpUrl.parse(text)).isInstanceOf(DownloadFailure.class);
    }

    @Test
    void otherSchemesAreNamed() {
        assertThatThrownBy(() -> HttpUrl.parse("https://x/")).hasMessageContaining("not 'https'");
    }
}
