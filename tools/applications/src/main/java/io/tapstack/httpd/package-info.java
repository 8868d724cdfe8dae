/** A file server for HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112) over any {@link io.tapstack.transport.Transport}. */
@NullMarked
package io.tapstack.httpd;

import org.jspecify.annotations.NullMarked;
