package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessLogTest {

    @Test
    void nothingThatAClientSendsCanForgeALine() {
        assertThat(AccessLog.sanitised("GET /a HTTP/1.1")).isEqualTo("GET /a HTTP/1.1");
        assertThat(AccessLog.sanitised("a\r\nb\"c\\d\033[2J\u00e9\u2028"))
                .isEqualTo("a\\x0d\\x0ab\\x22c\\x5cd\\x1b[2J\\xe9\\x2028");
        assertThat(AccessLog.sanitised("x".repeat(5_000))).hasSizeLessThan(600).endsWith("...");
    }
}
