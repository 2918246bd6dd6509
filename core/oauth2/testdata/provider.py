"""An OAuth 2 provider below a context path, on Authlib: a second opinion.

Usage: provider2.py REDIRECT_URI

Prints its port on a line of its own. Approves each authorize request at once,
as a user would; with ?deny=1 added to the URL it refuses. PKCE with S256 is
enforced and refresh tokens serve once. Every other path takes a Bearer.
"""
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # before the import; the test is on loopback

from authlib.oauth2.rfc6749 import (AuthorizationServer, AuthorizationCodeMixin, ClientMixin, InvalidRequestError,
                                    OAuth2Request, TokenMixin, grants, list_to_scope, scope_to_list)
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.common.security import generate_token

REST = "/ctx/rest/oauth2/latest/"
REDIRECT = sys.argv[1]
SCOPES = ["PUBLIC_REPOS", "REPO_READ"]
codes, tokens = {}, []


class Client(ClientMixin):
    client_id, secret = "5f1c0e8a7b2d4963a1e0c7d5b8f24690", "C4nary-client-secret"

    def get_client_id(self): return self.client_id
    def get_default_redirect_uri(self): return REDIRECT
    def get_allowed_scope(self, scope): return list_to_scope([s for s in scope_to_list(scope or "") if s in SCOPES])
    def check_redirect_uri(self, uri): return uri == REDIRECT
    def check_client_secret(self, secret): return secret == self.secret
    def check_endpoint_auth_method(self, method, endpoint): return method == "client_secret_post"
    def check_response_type(self, kind): return kind == "code"
    def check_grant_type(self, grant): return grant in ("authorization_code", "refresh_token")


class Code(AuthorizationCodeMixin):
    def __init__(self, request):
        data = request.data
        self.redirect_uri, self.scope = data["redirect_uri"], data.get("scope", "")
        self.code_challenge = data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")

    def get_redirect_uri(self): return self.redirect_uri
    def get_scope(self): return self.scope


class Token(TokenMixin):
    def __init__(self, data): self.data, self.made, self.revoked = data, time.time(), False
    def check_client(self, client): return True
    def get_scope(self): return self.data.get("scope", "")
    def get_expires_in(self): return self.data["expires_in"]
    def is_expired(self): return time.time() > self.made + self.get_expires_in()
    def is_revoked(self): return self.revoked


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def generate_authorization_code(self): return "C4nary" + generate_token(42)
    def save_authorization_code(self, code, request): codes[code] = Code(request)
    def query_authorization_code(self, code, client): return codes.get(code)
    def delete_authorization_code(self, code):
        for key in [k for k, v in codes.items() if v is code]:
            del codes[key]
    def authenticate_user(self, code): return "jane"


class S256(CodeChallenge):
    """Authlib makes PKCE a must for public clients alone; here it is for all."""
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant):
        if not grant.request.data.get("code_challenge"):
            raise InvalidRequestError('Missing "code_challenge"')
        super().validate_code_challenge(grant)


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def validate_token_request(self):
        # RFC 6749 asks for no redirect URI here, but the product is said to.
        if self.request.form.get("redirect_uri") != REDIRECT:
            raise InvalidRequestError('Missing "redirect_uri"')
        super().validate_token_request()

    def authenticate_refresh_token(self, refresh):
        return next((t for t in tokens if t.data.get("refresh_token") == refresh and not t.revoked), None)
    def authenticate_user(self, token): return "jane"
    def revoke_old_credential(self, token): token.revoked = True


class Server(AuthorizationServer):
    def query_client(self, client_id): return Client() if client_id == Client.client_id else None
    def save_token(self, token, request): tokens.append(Token(dict(token)))
    def create_oauth2_request(self, request): return request
    def handle_response(self, status, body, headers): return status, body, headers
    def send_signal(self, *args, **kwargs): pass


server = Server(SCOPES)
server.register_token_generator("default", BearerTokenGenerator(
    lambda **kw: "C4nary" + generate_token(42), lambda **kw: "C4nary" + generate_token(48)))
server.register_grant(CodeGrant, [S256()])
server.register_grant(RefreshGrant)


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body, headers):
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def serve(self):
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urlsplit(self.path)
        request = OAuth2Request(self.command, "http://" + self.headers["Host"] + self.path, dict(parse_qsl(form)), self.headers)
        if url.path == REST + "authorize":
            user = None if "deny=1" in url.query else "jane"
            return self.answer(*server.create_authorization_response(request, grant_user=user))
        if url.path == REST + "token" and self.command == "POST":
            return self.answer(*server.create_token_response(request))
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        good = any(t.data["access_token"] == bearer and not t.revoked and not t.is_expired() for t in tokens)
        self.answer(200 if good else 401, "{}", [("Content-Type", "application/json")] + ([("X-AUSERNAME", "jane")] if good else []))

    do_GET = do_POST = serve

    def log_message(self, *args):
        pass


listener = HTTPServer(("127.0.0.1", 0), Handler)
print(listener.server_port, flush=True)
listener.serve_forever()
