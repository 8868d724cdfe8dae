/** The common part of HTTP server and client. */
@NullMarked
package io.tapstack.http;

import org.jspecify.annotations.NullMarked;
