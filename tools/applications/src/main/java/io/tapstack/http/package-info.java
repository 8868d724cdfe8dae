/** What HTTP server and client have in common. */
@NullMarked
package io.tapstack.http;

import org.jspecify.annotations.NullMarked;
