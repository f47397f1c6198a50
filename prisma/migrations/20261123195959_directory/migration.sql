-- CreateEnum
CREATE TYPE "OrganizationMembership" AS ENUM ('UNKNOWN', 'NONE', 'MEMBER');

-- CreateEnum
CREATE TYPE "ControlPolicyType" AS ENUM ('SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY');

-- CreateEnum
CREATE TYPE "AccessKeyStatus" AS ENUM ('ACTIVE', 'INACTIVE');

-- CreateEnum
CREATE TYPE "SessionEnd" AS ENUM ('EXITED', 'REVOKED');

-- CreateTable
CREATE TABLE "PolicyDocument" (
    "hash" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "PolicyDocument_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "Organization" (
    "id" TEXT NOT NULL,
    "rootId" TEXT NOT NULL,
    "managementAccountId" TEXT NOT NULL,
    "scpEnabled" BOOLEAN NOT NULL DEFAULT true,
    "rcpEnabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OrganizationalUnit" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "parentId" TEXT,

    CONSTRAINT "OrganizationalUnit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "partition" TEXT NOT NULL DEFAULT 'aws',
    "name" TEXT,
    "membership" "OrganizationMembership" NOT NULL DEFAULT 'UNKNOWN',
    "organizationId" TEXT,
    "unitId" TEXT,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL DEFAULT '/',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "boundaryId" TEXT,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Group" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL DEFAULT '/',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GroupMembership" (
    "userId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,

    CONSTRAINT "GroupMembership_pkey" PRIMARY KEY ("userId","groupId")
);

-- CreateTable
CREATE TABLE "Role" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL DEFAULT '/',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "description" TEXT,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "boundaryId" TEXT,
    "trustPolicyHash" TEXT NOT NULL,
    "trustBindings" JSONB NOT NULL DEFAULT '{}',
    "maxSessionDuration" INTEGER NOT NULL DEFAULT 3600,

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InstanceProfile" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL DEFAULT '/',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "roleId" TEXT,

    CONSTRAINT "InstanceProfile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ManagedPolicy" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "accountId" TEXT,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL DEFAULT '/',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "defaultVersionId" TEXT,

    CONSTRAINT "ManagedPolicy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PolicyVersion" (
    "policyId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "documentHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PolicyVersion_pkey" PRIMARY KEY ("policyId","versionId")
);

-- CreateTable
CREATE TABLE "InlinePolicy" (
    "id" TEXT NOT NULL,
    "userId" TEXT,
    "groupId" TEXT,
    "roleId" TEXT,
    "name" TEXT NOT NULL,
    "documentHash" TEXT NOT NULL,

    CONSTRAINT "InlinePolicy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PolicyAttachment" (
    "id" TEXT NOT NULL,
    "policyId" TEXT NOT NULL,
    "userId" TEXT,
    "groupId" TEXT,
    "roleId" TEXT,

    CONSTRAINT "PolicyAttachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ControlPolicy" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "type" "ControlPolicyType" NOT NULL,
    "name" TEXT NOT NULL,
    "documentHash" TEXT NOT NULL,

    CONSTRAINT "ControlPolicy_pkey" PRIMARY KEY ("organizationId","id")
);

-- CreateTable
CREATE TABLE "ControlPolicyAttachment" (
    "organizationId" TEXT NOT NULL,
    "policyId" TEXT NOT NULL,
    "targetId" TEXT NOT NULL,

    CONSTRAINT "ControlPolicyAttachment_pkey" PRIMARY KEY ("organizationId","policyId","targetId")
);

-- CreateTable
CREATE TABLE "Resource" (
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "policyHash" TEXT,
    "policyBindings" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "Resource_pkey" PRIMARY KEY ("arn")
);

-- CreateTable
CREATE TABLE "AccessKey" (
    "id" TEXT NOT NULL,
    "userId" TEXT,
    "servicePrincipal" TEXT,
    "status" "AccessKeyStatus" NOT NULL DEFAULT 'ACTIVE',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AccessKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RoleSession" (
    "id" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "accessKeyId" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "roleSessionName" TEXT NOT NULL,
    "sourceIdentity" TEXT,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "transitiveTagKeys" TEXT[],
    "sessionPolicies" TEXT[],
    "sessionPolicyArns" TEXT[],
    "assumedBy" TEXT NOT NULL,
    "assumedById" TEXT,
    "parentId" TEXT,
    "issuedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "endReason" "SessionEnd",

    CONSTRAINT "RoleSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DirectoryState" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "masterKeyFingerprint" TEXT,

    CONSTRAINT "DirectoryState_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DirectoryChange" (
    "revision" BIGINT NOT NULL,
    "entity" TEXT NOT NULL,
    "entityId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DirectoryChange_pkey" PRIMARY KEY ("revision","entity","entityId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Organization_rootId_key" ON "Organization"("rootId");

-- CreateIndex
CREATE INDEX "OrganizationalUnit_organizationId_idx" ON "OrganizationalUnit"("organizationId");

-- CreateIndex
CREATE INDEX "OrganizationalUnit_parentId_idx" ON "OrganizationalUnit"("parentId");

-- CreateIndex
CREATE INDEX "Account_organizationId_idx" ON "Account"("organizationId");

-- CreateIndex
CREATE INDEX "Account_unitId_idx" ON "Account"("unitId");

-- CreateIndex
CREATE UNIQUE INDEX "User_arn_key" ON "User"("arn");

-- CreateIndex
CREATE INDEX "User_accountId_id_idx" ON "User"("accountId", "id");

-- CreateIndex
CREATE INDEX "User_boundaryId_idx" ON "User"("boundaryId");

-- CreateIndex
CREATE UNIQUE INDEX "Group_arn_key" ON "Group"("arn");

-- CreateIndex
CREATE INDEX "Group_accountId_id_idx" ON "Group"("accountId", "id");

-- CreateIndex
CREATE INDEX "GroupMembership_groupId_idx" ON "GroupMembership"("groupId");

-- CreateIndex
CREATE UNIQUE INDEX "Role_arn_key" ON "Role"("arn");

-- CreateIndex
CREATE INDEX "Role_accountId_id_idx" ON "Role"("accountId", "id");

-- CreateIndex
CREATE INDEX "Role_boundaryId_idx" ON "Role"("boundaryId");

-- CreateIndex
CREATE INDEX "Role_trustPolicyHash_idx" ON "Role"("trustPolicyHash");

-- CreateIndex
CREATE UNIQUE INDEX "InstanceProfile_arn_key" ON "InstanceProfile"("arn");

-- CreateIndex
CREATE INDEX "InstanceProfile_roleId_idx" ON "InstanceProfile"("roleId");

-- CreateIndex
CREATE UNIQUE INDEX "ManagedPolicy_arn_key" ON "ManagedPolicy"("arn");

-- CreateIndex
CREATE INDEX "ManagedPolicy_accountId_id_idx" ON "ManagedPolicy"("accountId", "id");

-- CreateIndex
CREATE INDEX "PolicyVersion_documentHash_idx" ON "PolicyVersion"("documentHash");

-- CreateIndex
CREATE INDEX "InlinePolicy_documentHash_idx" ON "InlinePolicy"("documentHash");

-- CreateIndex
CREATE UNIQUE INDEX "InlinePolicy_userId_name_key" ON "InlinePolicy"("userId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "InlinePolicy_groupId_name_key" ON "InlinePolicy"("groupId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "InlinePolicy_roleId_name_key" ON "InlinePolicy"("roleId", "name");

-- CreateIndex
CREATE INDEX "PolicyAttachment_policyId_idx" ON "PolicyAttachment"("policyId");

-- CreateIndex
CREATE UNIQUE INDEX "PolicyAttachment_userId_policyId_key" ON "PolicyAttachment"("userId", "policyId");

-- CreateIndex
CREATE UNIQUE INDEX "PolicyAttachment_groupId_policyId_key" ON "PolicyAttachment"("groupId", "policyId");

-- CreateIndex
CREATE UNIQUE INDEX "PolicyAttachment_roleId_policyId_key" ON "PolicyAttachment"("roleId", "policyId");

-- CreateIndex
CREATE INDEX "ControlPolicy_documentHash_idx" ON "ControlPolicy"("documentHash");

-- CreateIndex
CREATE INDEX "ControlPolicyAttachment_targetId_idx" ON "ControlPolicyAttachment"("targetId");

-- CreateIndex
CREATE INDEX "Resource_accountId_arn_idx" ON "Resource"("accountId", "arn");

-- CreateIndex
CREATE INDEX "Resource_policyHash_idx" ON "Resource"("policyHash");

-- CreateIndex
CREATE INDEX "AccessKey_userId_idx" ON "AccessKey"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "RoleSession_accessKeyId_key" ON "RoleSession"("accessKeyId");

-- CreateIndex
CREATE INDEX "RoleSession_roleId_issuedAt_idx" ON "RoleSession"("roleId", "issuedAt");

-- CreateIndex
CREATE INDEX "RoleSession_arn_idx" ON "RoleSession"("arn");

-- CreateIndex
CREATE INDEX "RoleSession_parentId_idx" ON "RoleSession"("parentId");

-- CreateIndex
CREATE INDEX "RoleSession_assumedById_idx" ON "RoleSession"("assumedById");

-- CreateIndex
CREATE INDEX "DirectoryChange_entity_entityId_idx" ON "DirectoryChange"("entity", "entityId");

-- AddForeignKey
ALTER TABLE "OrganizationalUnit" ADD CONSTRAINT "OrganizationalUnit_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OrganizationalUnit" ADD CONSTRAINT "OrganizationalUnit_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "OrganizationalUnit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_unitId_fkey" FOREIGN KEY ("unitId") REFERENCES "OrganizationalUnit"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_boundaryId_fkey" FOREIGN KEY ("boundaryId") REFERENCES "ManagedPolicy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Group" ADD CONSTRAINT "Group_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GroupMembership" ADD CONSTRAINT "GroupMembership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GroupMembership" ADD CONSTRAINT "GroupMembership_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Role" ADD CONSTRAINT "Role_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Role" ADD CONSTRAINT "Role_boundaryId_fkey" FOREIGN KEY ("boundaryId") REFERENCES "ManagedPolicy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Role" ADD CONSTRAINT "Role_trustPolicyHash_fkey" FOREIGN KEY ("trustPolicyHash") REFERENCES "PolicyDocument"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InstanceProfile" ADD CONSTRAINT "InstanceProfile_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManagedPolicy" ADD CONSTRAINT "ManagedPolicy_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyVersion" ADD CONSTRAINT "PolicyVersion_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "ManagedPolicy"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyVersion" ADD CONSTRAINT "PolicyVersion_documentHash_fkey" FOREIGN KEY ("documentHash") REFERENCES "PolicyDocument"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InlinePolicy" ADD CONSTRAINT "InlinePolicy_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InlinePolicy" ADD CONSTRAINT "InlinePolicy_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InlinePolicy" ADD CONSTRAINT "InlinePolicy_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InlinePolicy" ADD CONSTRAINT "InlinePolicy_documentHash_fkey" FOREIGN KEY ("documentHash") REFERENCES "PolicyDocument"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyAttachment" ADD CONSTRAINT "PolicyAttachment_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "ManagedPolicy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyAttachment" ADD CONSTRAINT "PolicyAttachment_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyAttachment" ADD CONSTRAINT "PolicyAttachment_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PolicyAttachment" ADD CONSTRAINT "PolicyAttachment_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ControlPolicy" ADD CONSTRAINT "ControlPolicy_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ControlPolicy" ADD CONSTRAINT "ControlPolicy_documentHash_fkey" FOREIGN KEY ("documentHash") REFERENCES "PolicyDocument"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ControlPolicyAttachment" ADD CONSTRAINT "ControlPolicyAttachment_organizationId_policyId_fkey" FOREIGN KEY ("organizationId", "policyId") REFERENCES "ControlPolicy"("organizationId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Resource" ADD CONSTRAINT "Resource_policyHash_fkey" FOREIGN KEY ("policyHash") REFERENCES "PolicyDocument"("hash") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccessKey" ADD CONSTRAINT "AccessKey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleSession" ADD CONSTRAINT "RoleSession_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoleSession" ADD CONSTRAINT "RoleSession_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "RoleSession"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What the schema's language cannot say: policies belong to exactly one user, group or role, keys to a user or a service
ALTER TABLE "InlinePolicy" ADD CONSTRAINT "InlinePolicy_one_holder" CHECK (num_nonnulls("userId", "groupId", "roleId") = 1);
ALTER TABLE "PolicyAttachment" ADD CONSTRAINT "PolicyAttachment_one_holder" CHECK (num_nonnulls("userId", "groupId", "roleId") = 1);
ALTER TABLE "AccessKey" ADD CONSTRAINT "AccessKey_one_owner" CHECK (num_nonnulls("userId", "servicePrincipal") = 1);
ALTER TABLE "DirectoryState" ADD CONSTRAINT "DirectoryState_one_row" CHECK ("id" = 1);

INSERT INTO "DirectoryState" ("id") VALUES (1);
